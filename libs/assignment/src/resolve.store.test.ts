import type { Database } from '@keystone/database';
import { testDatabase, testKinds } from '@keystone/database/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT_DOMAIN } from './project.store.ts';
import { resolver, type Resolver } from './resolve.store.ts';
import { query, sql } from './sql.ts';
import { assignmentTables } from './tables.ts';

describe.each(testKinds)('on %s', (kind) => {
  let database: Database;
  let resolve: Resolver;
  const statements: string[] = [];

  beforeAll(async () => {
    database = await testDatabase(kind, [...assignmentTables], {
      observe: (text, run) => (statements.push(text), run()),
    });
    resolve = resolver(database);
    await query(
      database,
      sql`INSERT INTO project (id, name, extra, description, enabled, domain_id, parent_id, is_domain) VALUES
        ('north', 'North', '{}', '', 1, ${ROOT_DOMAIN}, NULL, 1), ('south', 'South', '{}', '', 0, ${ROOT_DOMAIN}, NULL, 1),
        ('web', 'Web', '{}', '', 1, 'north', 'north', 0), ('web2', 'Web', '{}', '', NULL, 'south', 'south', 0)`,
    );
  });
  afterAll(() => database.close());

  const north = { id: 'north', name: 'North', enabled: true };
  const south = { id: 'south', name: 'South', enabled: false };
  const web = { id: 'web', name: 'Web', enabled: true, is_domain: false, domain: north };

  test('each key is answered in its place, by one statement for all', async () => {
    statements.length = 0;
    const answer = await resolve({
      domains: [{ name: 'South' }, { id: 'nowhere' }, { id: 'north' }, { name: 'Web' }],
      projects: [
        { id: 'web' },
        { name: 'Web', domain: { name: 'South' } },
        { name: 'Web', domain: { id: 'north' } },
        { name: 'Web', domain: { id: 'nowhere' } },
        { id: 'north' },
      ],
    });
    expect(answer.domains).toEqual([south, null, north, null]);
    expect(answer.projects).toEqual([
      web,
      { ...web, id: 'web2', enabled: false, domain: south },
      web,
      null,
      { ...north, is_domain: true, domain: north },
    ]);
    expect(statements).toHaveLength(1);
  });

  test('the domain of all domains is nobody’s to name', async () => {
    const { domains, projects } = await resolve({
      domains: [{ id: ROOT_DOMAIN }, { name: ROOT_DOMAIN }],
      projects: [{ id: ROOT_DOMAIN }, { name: 'North', domain: { id: ROOT_DOMAIN } }],
    });
    expect([...domains, ...projects]).toEqual([null, null, null, null]);
  });

  test('the id of a domain is taken letter by letter', async () => {
    const { domains, projects } = await resolve({
      domains: [{ id: 'NORTH' }],
      projects: [{ name: 'Web', domain: { id: 'NORTH' } }],
    });
    expect([...domains, ...projects]).toEqual([null, null]);
  });

  test('names compare as the database collates them', async () => {
    const { domains } = await resolve({ domains: [{ name: 'NORTH' }], projects: [] });
    expect(domains).toEqual([kind === 'mysql' ? north : null]);
  });

  test('what looks like SQL is only a name', async () => {
    const nasty = [`' OR '1'='1`, `\\' OR 1=1 -- `, '"; DROP TABLE project; --', '?', '%', '\u0000', '😀'];
    const { domains, projects } = await resolve({
      domains: nasty.flatMap((text) => [{ id: text }, { name: text }]),
      projects: nasty.flatMap((text) => [{ id: text }, { name: text, domain: { name: text } }]),
    });
    expect([...domains, ...projects].every((found) => found === null)).toBe(true);
    expect((await resolve({ domains: [], projects: [{ id: 'web' }] })).projects).toEqual([web]);
  });

  test('hundreds of keys, and none', async () => {
    const keys = Array.from({ length: 450 }, (_, at) => ({ id: at % 2 ? 'web' : `none ${at}` }));
    const { projects } = await resolve({ domains: [], projects: keys });
    expect(projects.map((found) => found?.id ?? null)).toEqual(keys.map(({ id }) => (id === 'web' ? 'web' : null)));
    expect(await resolve({ domains: [], projects: [] })).toEqual({ domains: [], projects: [] });
  });
});
