import { KeystoneError } from '@keystone/errors';
import { ErrorCode, headers, type MsgHdrs, NatsError } from 'nats';
import { injectTrace } from './exchange.ts';
import { decode, encode } from './message.ts';
import type { Link } from './nats-link.ts';
import { underway } from './time.ts';
import { settle, unanswered, UNEXPECTED } from './wire.ts';

interface Asked {
  subject: string;
  message: unknown;
  deadline: number;
  secret: boolean;
}

/** The asking side. Whoever waits for an answer is told as soon as the connection it would come by is lost. */
export function natsAsks(link: Link, { prefix, setting }: { prefix: string; setting: string }) {
  const waiting = new Set<(error: Error) => void>();

  /** The connection, if it may carry this question now: to be used at once, before it can change. */
  function connectionFor({ subject, secret }: Asked) {
    const nats = link.connection();
    if (!nats) throw unanswered(subject, `NATS is not connected: ${link.status().detail}`);
    if (secret && link.way() !== 'private') throw exposed(subject, setting);
    return nats;
  }

  async function request(asked: Asked): Promise<unknown> {
    const { subject, deadline } = asked;
    const data = encode(asked.message);
    const lost = Promise.withResolvers<never>();
    waiting.add(lost.reject);
    try {
      const answer = connectionFor(asked).request(prefix + subject, data, { timeout: deadline, ...traced() });
      return readable((await Promise.race([answer, lost.promise])).data);
    } catch (error) {
      throw error instanceof NatsError ? translated(error, asked) : error;
    } finally {
      waiting.delete(lost.reject);
    }
  }

  const asking = underway();
  return {
    request: async (asked: Asked) => settle(await asking.track(request(asked)), asked.subject),
    idle: asking.idle,
    /** The connection is lost, and with it every answer that was to come. */
    down: () => waiting.forEach((reject) => reject(new NatsError('connection lost', ErrorCode.Disconnect))),
  };
}

/** Headers only where there is something to say: without them the message is cheaper to send and to read. */
export function traced(more: Record<string, string> = {}): { headers?: MsgHdrs } {
  const made = headers();
  for (const [name, value] of Object.entries(more)) made.set(name, value);
  injectTrace((name, value) => made.set(name, value));
  return made.keys().length ? { headers: made } : {};
}

function readable(data: Uint8Array): unknown {
  try {
    return decode(data);
  } catch {
    return undefined;
  }
}

function translated(error: NatsError, { subject, deadline }: Asked): KeystoneError {
  switch (error.code) {
    case ErrorCode.NoResponders:
      return unanswered(subject, 'nobody answers it');
    case ErrorCode.Timeout:
      return unanswered(subject, `no answer within ${deadline} ms`);
    case ErrorCode.MaxPayloadExceeded:
      return new KeystoneError(500, UNEXPECTED, { reason: `${subject}: larger than the NATS server's max_payload` });
    default:
      return unanswered(subject, `NATS: ${error.message}`);
  }
}

const exposed = (subject: string, setting: string): KeystoneError =>
  new KeystoneError(
    503,
    `The question ${subject} carries secrets and is not sent: NATS is reached without TLS on another machine. ` +
      `Use tls:// in ${setting}.`,
  );
