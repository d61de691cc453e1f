import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ACCESS_RULES } from './alike.ts';
import { call, logIn, passwordBody } from './client.ts';
import { inProcess, type Counts, type InProcess } from './in-process.ts';
import { MADE } from './kinds.ts';
import { interopStack } from './stack.ts';
import { scopes, world, type World } from './world.ts';

let it: World;
let service: InProcess;

beforeAll(async () => {
  const stack = await interopStack();
  it = await world(stack);
  service = await inProcess(stack);
});
afterAll(() => service.close());

const byPassword = (scope: keyof ReturnType<typeof scopes>) => async () => {
  const login = passwordBody({ user: { id: it.user.id }, password: it.user.password, scope: scopes(it)[scope] });
  return (await logIn(it.stack.urls.python, login)).token;
};

const kinds: Record<string, (it: World) => Promise<string>> = {
  unscoped: byPassword('unscoped'),
  project: byPassword('project'),
  domain: byPassword('domain'),
  system: byPassword('system'),
  ...MADE,
};

const validated = (subject: string): Promise<Counts> =>
  service.counting(async () => {
    const { status } = await call(service.url, 'GET', '/v3/auth/tokens', {
      token: 'x',
      subject,
      headers: ACCESS_RULES,
    });
    expect(status).toBe(200);
  });

const most = (counts: Record<string, number>) => Math.max(...Object.values(counts));

/** One question to each of the others, at most two statements in each answer, and one statement of the token service. */
function expectOneRound({ questions, statements }: Counts): void {
  expect(most(questions)).toBe(1);
  expect(most(statements)).toBeLessThanOrEqual(2);
  expect(statements['token']).toBe(1);
}

test.each(Object.keys(kinds))(
  'a cold validation of kind %s takes one round of questions, the first time two',
  async (kind) => {
    const token = (await kinds[kind]?.(it)) ?? '';
    const first = await validated(token);
    expect(most(first.questions)).toBeLessThanOrEqual(2);
    expectOneRound(await validated(token));
  },
);

/** A user in many groups who holds many roles far up a deep tree of projects, all of them implying more. */
async function crowded(): Promise<void> {
  const id = () => randomUUID().replaceAll('-', '');
  const groups = Array.from({ length: 200 }, id);
  const roles = Array.from({ length: 60 }, id);
  const [root, below] = [id(), id()];
  const values = (ids: readonly string[], row: (each: string) => string) => ids.map(row).join(', ');
  await it.stack.sql(`
    INSERT INTO \`group\` (id, domain_id, name) VALUES ${values(groups, (each) => `('${each}', '${it.domain}', '${each}')`)};
    INSERT INTO user_group_membership VALUES ${values(groups, (each) => `('${it.user.id}', '${each}')`)};
    INSERT INTO role (id, name) VALUES ${values(roles, (each) => `('${each}', '${each}')`)};
    INSERT INTO implied_role VALUES ${values(roles.slice(1), (each) => `('${roles[roles.indexOf(each) - 1]}', '${each}')`)};
    INSERT INTO project (id, name, domain_id, parent_id, is_domain, enabled) VALUES
      ('${root}', '${root}', '${it.domain}', '${it.domain}', 0, 1), ('${below}', '${below}', '${it.domain}', '${root}', 0, 1);
    UPDATE project SET parent_id = '${below}' WHERE id = '${it.project}';
    INSERT INTO assignment (type, actor_id, target_id, role_id, inherited) VALUES
      ${values(groups, (each) => `('GroupProject', '${each}', '${root}', '${roles[groups.indexOf(each) % roles.length]}', 1)`)}`);
}

test('it takes no more for whoever is in many groups and holds many roles up a tree of projects', async () => {
  const before = await byPassword('project')();
  await validated(before);
  const few = await validated(before);
  await crowded();
  const { body } = await call(service.url, 'GET', '/v3/auth/tokens', { token: 'x', subject: before });
  expect(body.token.roles.length).toBeGreaterThan(60);
  expect(await validated(before)).toEqual(few);
  expectOneRound(few);
});
