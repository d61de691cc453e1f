import { afterAll, beforeAll, expect, test } from 'vitest';
import { loginApi, RIGHT, settings, type LoginApi } from './login.fixture.ts';

let api: LoginApi;
beforeAll(async () => {
  api = await loginApi('sqlite');
});
afterAll(() => api.close());

const limited = (hash_threads: number, hash_queue: number) => ({
  ...settings({ lockout_failure_attempts: 1000 }),
  kts: { hash_threads, hash_queue },
});

const BUSY = { status: 503, detail: { headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) } } };

test('of many logins at once each is answered, in time or with when to come again', async () => {
  api.configure(limited(2, 20));
  const id = await api.person();
  const outcomes = await Promise.allSettled(Array.from({ length: 200 }, () => api.attempt(id, RIGHT)));
  const taken = outcomes.filter((each) => each.status === 'fulfilled');
  const refused = outcomes.filter((each) => each.status === 'rejected');
  expect(taken.length).toBeGreaterThanOrEqual(22);
  expect(refused.length).toBeGreaterThan(0);
  for (const { reason } of refused) expect(reason).toMatchObject(BUSY);
  expect(taken[0]?.value.subject.id).toBe(id);
  expect(await api.login(id, RIGHT)).toBe(200);
});

test('a guess that was not checked counts for nothing', async () => {
  api.configure(limited(1, 0));
  const id = await api.person();
  const statuses = await Promise.all(Array.from({ length: 50 }, () => api.login(id, 'wrong')));
  const checked = statuses.filter((status) => status === 401);
  expect(new Set(statuses)).toEqual(new Set([401, 503]));
  expect(await api.failures(id)).toMatchObject({ failed_auth_count: checked.length });
  const rights = await Promise.all(Array.from({ length: 10 }, () => api.login(id, RIGHT)));
  expect(new Set(rights)).toEqual(new Set([200, 503]));
  expect(await api.failures(id)).toMatchObject({ failed_auth_count: 0 });
});

test('who does not exist takes room as anybody does, and is told the same for want of it', async () => {
  api.configure(limited(1, 0));
  const statuses = await Promise.all(Array.from({ length: 20 }, (_, index) => api.login(`nobody-${index}`, RIGHT)));
  expect(new Set(statuses)).toEqual(new Set([401, 503]));
});
