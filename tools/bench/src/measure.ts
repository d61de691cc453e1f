import { cpuSeconds, residentMiB } from './cpu.ts';
import { burst, quantile, type Shot } from './load.ts';

/** A server to measure: where it answers, what it is asked, and the processes whose CPU counts as its. */
export interface Contender {
  name: string;
  url: string;
  shot: Shot;
  pids(): number[];
  /** Of the database, shown apart: both sides share it. */
  databasePids(): number[];
}

export interface Measured {
  name: string;
  requestsPerSecond: number;
  cpuMicroseconds: number;
  databaseMicroseconds: number;
  p50: number;
  p99: number;
  residentMiB: number;
}

export interface Plan {
  rounds: number;
  seconds: number;
  connections: number;
}

async function round(contender: Contender, plan: Plan) {
  const [own, database] = [cpuSeconds(contender.pids()), cpuSeconds(contender.databasePids())];
  const { requests, seconds, times } = await burst(contender.url, contender.shot, plan);
  return {
    requests,
    seconds,
    times,
    cpu: cpuSeconds(contender.pids()) - own,
    database: cpuSeconds(contender.databasePids()) - database,
  };
}

/** Runs all of them in turn, round after round, so that what else the machine does hits each alike. */
export async function compare(contenders: readonly Contender[], plan: Plan): Promise<Measured[]> {
  for (const contender of contenders) await burst(contender.url, contender.shot, { ...plan, seconds: 0.5 });
  const rounds: Awaited<ReturnType<typeof round>>[][] = contenders.map(() => []);
  for (let turn = 0; turn < plan.rounds; turn += 1) {
    for (const [index, contender] of contenders.entries()) rounds[index]?.push(await round(contender, plan));
  }
  return contenders.map((contender, index) => {
    const mine = rounds[index] ?? [];
    const requests = mine.reduce((sum, each) => sum + each.requests, 0);
    const times = mine.flatMap((each) => each.times);
    const per = (pick: (each: (typeof mine)[number]) => number) =>
      (mine.reduce((sum, each) => sum + pick(each), 0) / requests) * 1e6;
    return {
      name: contender.name,
      requestsPerSecond: requests / mine.reduce((sum, each) => sum + each.seconds, 0),
      cpuMicroseconds: per((each) => each.cpu),
      databaseMicroseconds: per((each) => each.database),
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      residentMiB: residentMiB(contender.pids()),
    };
  });
}
