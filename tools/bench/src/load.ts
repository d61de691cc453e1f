import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** One kind of request. */
export interface Shot {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
  status: number;
}

export interface Burst {
  requests: number;
  seconds: number;
  /** Milliseconds of each request. */
  times: number[];
}

function once(base: URL, shot: Shot, agent: Agent): Promise<void> {
  const length = shot.body === undefined ? {} : { 'content-length': Buffer.byteLength(shot.body) };
  const options = { host: base.hostname, port: base.port, method: shot.method, path: shot.path, agent };
  return new Promise((resolve, reject) => {
    const req = request({ ...options, headers: { ...shot.headers, ...length } }, (res) => {
      res.resume();
      res.once('end', () =>
        res.statusCode === shot.status
          ? resolve()
          : reject(new Error(`${shot.method} ${shot.path}: ${res.statusCode}`)),
      );
    });
    req.once('error', reject);
    req.end(shot.body);
  });
}

/**
 * Keeps `connections` requests under way for some seconds, each with a pause of some milliseconds after its answer.
 * @throws at the first answer with another status
 */
export async function burst(
  url: string,
  shot: Shot,
  { seconds, connections, pause }: { seconds: number; connections: number; pause?: number },
): Promise<Burst> {
  const base = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const times: number[] = [];
  const began = performance.now();
  const until = began + seconds * 1000;
  const worker = async () => {
    while (performance.now() < until) {
      const start = performance.now();
      await once(base, shot, agent);
      times.push(performance.now() - start);
      if (pause) await sleep(pause);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  agent.destroy();
  return { requests: times.length, seconds: (performance.now() - began) / 1000, times };
}

/** The value below which the given part of them lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
