import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '@keystone/stack-tool';
import { startEmbedded } from './embedded.ts';
import { burst, quantile, type Burst } from './load.ts';
import type { Plan } from './measure.ts';
import { issue, issued, login, SCOPE } from './scenarios.ts';
import { withSlowLogin } from './slow-login.ts';

interface Place {
  name: string;
  url: string;
  password: string;
}

export interface Busy {
  name: string;
  /** Milliseconds of a validation while nobody logs in. */
  rest: { p50: number; p99: number };
  /** The same while passwords are hashed on every processor. */
  busy: { p50: number; p99: number };
  loginsPerSecond: number;
}

const LEAST_SECONDS = 4;
/** Milliseconds between two validations: they are to be answered at once, not to be the load themselves. */
const PAUSE = 4;

/** More than are hashed at once, so that there is always one that waits. */
const LOGINS = 2 * availableParallelism();

const figures = (times: readonly number[]) => ({ p50: quantile(times, 0.5), p99: quantile(times, 0.99) });

async function measure({ name, url, password }: Place, plan: Plan): Promise<Busy> {
  const logins = issued(login(password, SCOPE));
  const token = await issue(url, login(password, SCOPE));
  const headers = { 'x-auth-token': token, 'x-subject-token': token };
  const validate = { method: 'GET', path: '/v3/auth/tokens', headers, status: 200 };
  const seconds = Math.max(plan.seconds, LEAST_SECONDS);
  const validations = () => burst(url, validate, { seconds, connections: 1, pause: PAUSE });
  const busily = () => burst(url, logins, { seconds: seconds + 1, connections: LOGINS });

  await Promise.all([validations(), busily()]);
  const rounds: { rest: Burst; busy: Burst; logins: Burst }[] = [];
  for (let turn = 0; turn < plan.rounds; turn += 1) {
    const rest = await validations();
    const hashing = busily();
    await sleep(500);
    const busy = await validations();
    rounds.push({ rest, busy, logins: await hashing });
  }
  const times = (pick: 'rest' | 'busy') => figures(rounds.flatMap((each) => each[pick].times));
  const rates = rounds.map((each) => each.logins.requests / each.logins.seconds);
  return {
    name,
    rest: times('rest'),
    busy: times('busy'),
    loginsPerSecond: rates.reduce((sum, rate) => sum + rate, 0) / rates.length,
  };
}

/** How long a validation takes at rest, and while logins hash on every processor. */
export async function busyValidation(stack: Stack, plan: Plan): Promise<Busy[]> {
  const { OS_PASSWORD: password = '' } = await stack.env();
  const rows = await withSlowLogin(stack, async () => [
    await measure({ name: 'ours: four services and NATS', url: stack.urls.services.token, password }, plan),
    await measure({ name: 'Python Keystone', url: stack.urls.python, password }, plan),
  ]);
  const embedded = await startEmbedded();
  try {
    return [...rows, await measure({ ...embedded, name: 'ours in one process, SQLite' }, plan)];
  } finally {
    await embedded.close();
  }
}

/** Markdown; ratios are of the p99. */
export function busyTable(rows: readonly Busy[]): string {
  return [
    '### Validation while passwords are hashed on every processor (bcrypt, 12 rounds)',
    '',
    '| | p50 ms at rest | p99 | p50 ms busy | p99 | ratio of p99 | logins/s |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map(({ name, rest, busy, loginsPerSecond }) => {
      const numbers = [rest.p50, rest.p99, busy.p50, busy.p99].map((value) => value.toFixed(1));
      return `| ${[name, ...numbers, `${(busy.p99 / rest.p99).toFixed(1)} ×`, loginsPerSecond.toFixed(1)].join(' | ')} |`;
    }),
    '',
  ].join('\n');
}
