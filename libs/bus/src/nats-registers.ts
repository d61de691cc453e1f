import { type KV, type NatsConnection, ErrorCode, NatsError, StorageType } from 'nats';
import { decode, encode } from './message.ts';
import type { Link } from './nats-link.ts';
import type { Register } from './register.ts';
import { unanswered } from './wire.ts';

/** Milliseconds: whoever waits longer for JetStream than this has lost what he wanted to hold. */
const TIMEOUT = 500;
const WRONG_LAST_SEQUENCE = 10_071;
/** In a cluster of so many, the loss of one server loses nothing. */
const COPIES = 3;

/** Registers in a JetStream key-value bucket, which is made where it is missing. */
export function natsRegisters(link: Link, cloud: string): (name: string) => Register {
  const bucket = cloud.replaceAll(/[^\w-]/g, '_');
  let opened: { nats: NatsConnection; kv: Promise<KV> } | undefined;

  function kv(name: string): Promise<KV> {
    const nats = link.connection();
    if (!nats) throw unanswered(name, `NATS is not connected: ${link.status().detail}`);
    if (opened?.nats !== nats) opened = { nats, kv: openBucket(nats, bucket) };
    return opened.kv;
  }

  async function using<T>(name: string, work: (kv: KV) => Promise<T>): Promise<T> {
    try {
      return await work(await kv(name));
    } catch (error) {
      if (!(error instanceof NatsError)) throw error;
      // The bucket may be gone, with the disk of a server that was made anew.
      if (error.api_error?.err_code !== WRONG_LAST_SEQUENCE) opened = undefined;
      throw error;
    }
  }

  return (name) => ({
    async read() {
      try {
        const entry = await using(name, (kv) => kv.get(name));
        return entry && entry.operation === 'PUT'
          ? { value: decode(entry.value), revision: entry.revision }
          : undefined;
      } catch (error) {
        // Where there is no JetStream nobody can have written.
        if (codeOf(error) === ErrorCode.JetStreamNotEnabled) return undefined;
        throw translated(error, name);
      }
    },
    async write(value, revision) {
      try {
        return await using(name, (kv) => kv.put(name, encode(value), { previousSeq: revision }));
      } catch (error) {
        if (error instanceof NatsError && error.api_error?.err_code === WRONG_LAST_SEQUENCE) return undefined;
        throw translated(error, name);
      }
    },
  });
}

async function openBucket(nats: NatsConnection, bucket: string): Promise<KV> {
  const open = (replicas: number) =>
    nats
      .jetstream({ timeout: TIMEOUT })
      // Read from the leader: another server may not have heard of the last write.
      .views.kv(bucket, { history: 1, storage: StorageType.File, replicas, allow_direct: false });
  const clustered = nats.info?.cluster !== undefined;
  return clustered ? open(COPIES).catch(() => open(1)) : open(1);
}

const codeOf = (error: unknown): string | undefined => (error instanceof NatsError ? error.code : undefined);

function translated(error: unknown, name: string): unknown {
  if (!(error instanceof NatsError)) return error;
  if (error.code === ErrorCode.JetStreamNotEnabled) {
    return unanswered(name, 'the NATS server has no JetStream: give it `jetstream {}`');
  }
  return unanswered(name, `NATS: ${error.message}`);
}
