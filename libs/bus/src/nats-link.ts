import { connect, Events, type NatsConnection } from 'nats';
import { setTimeout as delay } from 'node:timers/promises';
import { addressOptions, type TlsFiles } from './nats-address.ts';
import { type Way, wayOf } from './nats-privacy.ts';
import { within } from './time.ts';

export interface LinkOptions {
  /** `nats://[user:password@]host[:port]` or `tls://…`; several for a cluster, or one string with commas. */
  servers: string | readonly string[];
  tls?: TlsFiles;
  /** Who connects, as the NATS server shows it. */
  service: string;
  /** Milliseconds that starting waits for the first connection. */
  connectTimeout?: number;
}

interface Watcher {
  /** A connection is there, the first or a later one. */
  up?(nats: NatsConnection): void;
  /** It is lost. */
  down(): void;
}

/** The connection to NATS: there or not, looked for until closed. */
export interface Link {
  /** Undefined while there is none. */
  connection(): NatsConnection | undefined;
  way(): Way;
  status(): { connected: boolean; detail: string };
  watch(watcher: Watcher): void;
  /** Sends what is left, then closes; after so many milliseconds it closes without. */
  close(patience: number): Promise<void>;
}

/** Milliseconds: between attempts, and for one of them; a server that leaves pings unanswered for 15 s is gone. */
const RETRY = { wait: 250, jitter: 100, timeout: 2_000, ping: 5_000 } as const;

/**
 * Resolves when connected, or when `connectTimeout` is over: a process may start while NATS is away.
 * @throws TypeError for addresses that are none.
 */
export async function openLink(options: LinkOptions): Promise<Link> {
  const address = addressOptions(options.servers, options.tls);
  const where = [address.servers].flat().join(', ');
  const watchers: Watcher[] = [];
  const stop = new AbortController();
  const first = Promise.withResolvers<void>();
  let nats: NatsConnection | undefined;
  let trouble = 'connecting';

  const up = (current: NatsConnection) => watchers.forEach((watcher) => watcher.up?.(current));
  const down = () => watchers.forEach((watcher) => watcher.down());

  async function follow(current: NatsConnection): Promise<void> {
    for await (const { type } of current.status()) {
      if (type === Events.Disconnect) down();
      if (type === Events.Reconnect) up(current);
    }
  }

  /** Until the library gives up, which it does only for reasons it cannot mend by itself. */
  async function hold(current: NatsConnection): Promise<void> {
    nats = current;
    up(current);
    first.resolve();
    void follow(current);
    trouble = ((await current.closed()) ?? { message: 'closed' }).message;
    nats = undefined;
    down();
  }

  async function keepConnected(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        const current = await connect({ ...address, ...connectOptions(options.service) });
        if (stop.signal.aborted) await current.close();
        else await hold(current);
      } catch (error) {
        trouble = error instanceof Error ? error.message : String(error);
      }
      await delay(RETRY.wait, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  }

  const kept = keepConnected();
  await within(options.connectTimeout ?? 2_000, first.promise, () => new Error('NATS is away')).catch(() => undefined);
  const way = () => wayOf(nats);
  return {
    way,
    connection: () => (way() === 'gone' ? undefined : nats),
    status: () =>
      way() === 'gone'
        ? { connected: false, detail: `${where}: ${nats ? 'connection lost' : trouble}` }
        : { connected: true, detail: nats?.getServer() ?? where },
    watch(watcher) {
      watchers.push(watcher);
      if (nats && way() !== 'gone') watcher.up?.(nats);
    },
    async close(patience) {
      stop.abort();
      const drained = way() === 'gone' ? undefined : nats?.drain();
      if (drained) await within(patience, drained, () => new Error('NATS is deaf')).catch(() => undefined);
      await nats?.close();
      await kept;
    },
  };
}

const connectOptions = (service: string) => ({
  name: service,
  maxReconnectAttempts: -1,
  ignoreAuthErrorAbort: true,
  reconnectTimeWait: RETRY.wait,
  reconnectJitter: RETRY.jitter,
  reconnectJitterTLS: RETRY.jitter,
  timeout: RETRY.timeout,
  pingInterval: RETRY.ping,
  maxPingOut: 2,
  noAsyncTraces: true,
});
