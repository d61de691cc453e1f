import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { SERVICES, type Stack } from '@keystone/stack-tool';
import { cpuSeconds } from './cpu.ts';
import { burst } from './load.ts';
import type { Plan } from './measure.ts';
import { issued, login, SCOPE } from './scenarios.ts';
import { withSlowLogin } from './slow-login.ts';

/** What was done in some time. `cpu` in seconds. */
interface Done {
  requests: number;
  seconds: number;
  cpu: number;
}

export interface HashRate {
  name: string;
  hashesPerSecond: number;
  /** Of a hash, and of all that a login needs besides. */
  cpuMilliseconds: number;
}

/** Logins of 250 ms each: fewer than so many seconds are no measure. */
const LEAST_SECONDS = 6;

async function bare(hash: string, seconds: number): Promise<Done> {
  const child = fork(join(import.meta.dirname, 'hash-bare.ts'));
  const done = new Promise<Done>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Done));
    child.once('error', reject);
  });
  child.send({ hash, seconds });
  const result = await done;
  child.disconnect();
  return result;
}

const summed = (name: string, rounds: readonly Done[]): HashRate => {
  const sum = (pick: (each: Done) => number) => rounds.reduce((so, each) => so + pick(each), 0);
  const requests = sum((each) => each.requests);
  return {
    name,
    hashesPerSecond: requests / sum((each) => each.seconds),
    cpuMilliseconds: (sum((each) => each.cpu) / requests) * 1000,
  };
};

/** Hashes per second by our login against those of a bare loop on every processor, in turn. */
export async function hashRate(stack: Stack, plan: Plan): Promise<HashRate[]> {
  const { OS_PASSWORD: password = '' } = await stack.env();
  const ours = () => [...SERVICES, 'nats' as const, 'mariadb' as const].flatMap((name) => stack.processes(name));
  const seconds = Math.max(plan.seconds, LEAST_SECONDS);
  const shot = issued(login(password, SCOPE));
  const logins = async (): Promise<Done> => {
    const before = cpuSeconds(ours());
    const connections = 4 * availableParallelism();
    const done = await burst(stack.urls.services.token, shot, { seconds, connections });
    return { ...done, cpu: cpuSeconds(ours()) - before };
  };
  return withSlowLogin(stack, async (hash) => {
    await burst(stack.urls.services.token, shot, { seconds: 1, connections: availableParallelism() });
    const rounds: { bare: Done; ours: Done }[] = [];
    for (let turn = 0; turn < plan.rounds; turn += 1) {
      rounds.push({ bare: await bare(hash, seconds), ours: await logins() });
    }
    return [
      summed(
        'a bare loop on every processor',
        rounds.map((each) => each.bare),
      ),
      summed(
        'logins at ours, four services, NATS and MariaDB',
        rounds.map((each) => each.ours),
      ),
    ];
  });
}

/** Markdown; parts are of the first row. */
export function hashTable(rows: readonly HashRate[]): string {
  const [first] = rows;
  const line = ({ name, hashesPerSecond, cpuMilliseconds }: HashRate) =>
    `| ${[
      name,
      hashesPerSecond.toFixed(2),
      (hashesPerSecond / (first?.hashesPerSecond ?? Number.NaN)).toFixed(2),
      cpuMilliseconds.toFixed(1),
    ].join(' | ')} |`;
  return [
    '### Hashing (bcrypt, 12 rounds)',
    '',
    '| | hashes/s | of bare | CPU ms each |',
    '| --- | --- | --- | --- |',
    ...rows.map(line),
    '',
  ].join('\n');
}
