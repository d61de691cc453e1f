import { randomUUID } from 'node:crypto';
import { KeystoneError } from '@keystone/errors';
import { describe, expect, test } from 'vitest';
import { type Bus, type BusOptions, type Exchange, localBus, natsBus } from '../index.ts';
import { natsUrl } from './server.ts';

/** Two processes' buses that share one wire; in one process they are the same. */
export interface Pair {
  asker: Bus;
  answerer: Bus;
  told: { error: unknown; subject: string }[];
  seen: Exchange[];
  /** What asking throws. */
  refusal(subject: string, message: unknown, options?: { deadline?: number }): Promise<KeystoneError>;
  /** All that was sent or subscribed so far has arrived: the messages of one connection keep their order. */
  settled(): Promise<void>;
  drain(): Promise<void>;
}

type Wire = (options: BusOptions) => Promise<[asker: Bus, answerer: Bus]>;

const inOneProcess: Wire = async (options) => {
  const bus = localBus(options);
  return [bus, bus];
};

const overNats: Wire = async (options) => {
  const both = { ...options, servers: natsUrl ?? '', prefix: randomUUID() };
  return Promise.all([natsBus({ ...both, service: 'asker' }), natsBus({ ...both, service: 'answerer' })]);
};

async function pairOver(wire: Wire, options: BusOptions): Promise<Pair> {
  const told: Pair['told'] = [];
  const seen: Exchange[] = [];
  const [asker, answerer] = await wire({
    drainTimeout: 100,
    report: (error, subject) => void told.push({ error, subject }),
    observe: (exchange) => void seen.push(exchange),
    ...options,
  });
  answerer.serve('pair.ready', async () => null);
  return {
    asker,
    answerer,
    told,
    seen,
    async refusal(subject, message, asked) {
      const error: unknown = await asker.request(subject, message, asked).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(KeystoneError);
      return error as KeystoneError;
    },
    async settled() {
      // The answerer's connection has carried all it had to say, then the asker's.
      await answerer.request('pair.ready', null);
      await asker.request('pair.ready', null);
    },
    async drain() {
      await Promise.all([asker.drain(), answerer.drain()]);
    },
  };
}

/** The same tests for every bus there is. */
export function describeBuses(tests: (pair: (options?: BusOptions) => Promise<Pair>) => void): void {
  describe('in one process', () => tests((options = {}) => pairOver(inOneProcess, options)));
  if (natsUrl) describe('over NATS', () => tests((options = {}) => pairOver(overNats, options)));
  else test.skip('over NATS: KTS_TEST_NATS_URL names no server');
}
