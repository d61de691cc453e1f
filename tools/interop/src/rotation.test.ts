import { expect, test } from 'vitest';
import { ADMIN_PROJECT, call, logIn, passwordBody } from './client.ts';
import { interopStack } from './stack.ts';
import { scopes, world } from './world.ts';

test('keys rotated while both run: no token of either is refused by the other', async () => {
  const stack = await interopStack();
  const it = await world(stack);
  const sides = [stack.urls.services.token, stack.urls.python];
  const body = passwordBody({ user: { id: it.user.id }, password: it.user.password, scope: scopes(it).project });
  const refused: string[] = [];
  const asAdmin = passwordBody({ ...it.adminLogin, scope: ADMIN_PROJECT });
  let caller = it.admin;
  let rotating = true;
  let checked = 0;

  const issueAndValidate = async (issuer: string) => {
    const { token } = await logIn(issuer, body);
    for (const base of sides) {
      const { status } = await call(base, 'GET', '/v3/auth/tokens', { token: caller, subject: token });
      checked += 1;
      if (status !== 200) refused.push(`${issuer} at ${base}: ${status}`);
    }
  };
  const pound = async () => {
    while (rotating) for (const issuer of sides) await issueAndValidate(issuer);
  };
  const pounding = Promise.all([pound(), pound()]);
  // Of three keys one is staged: what was signed two rotations ago is refused, as it should be.
  for (let round = 0; round < 3; round += 1) {
    ({ token: caller } = await logIn(stack.urls.services.token, asAdmin));
    await stack.python(['fernet_rotate', '--keystone-user', 'root', '--keystone-group', 'root']);
  }
  rotating = false;
  await pounding;
  expect(refused).toEqual([]);
  expect(checked).toBeGreaterThan(8);
});
