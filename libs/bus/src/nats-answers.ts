import { KeystoneError } from '@keystone/errors';
import type { Msg } from 'nats';
import type { BusOptions, Listener } from './bus.ts';
import { exchange, remoteParent } from './exchange.ts';
import { decode, encode } from './message.ts';
import type { Link } from './nats-link.ts';
import { underway } from './time.ts';
import { replyOf, type Reply, UNEXPECTED } from './wire.ts';

interface Answering {
  subject: string;
  listener: Listener;
  secret: boolean;
}

interface Options {
  report: NonNullable<BusOptions['report']>;
  observe: BusOptions['observe'] | undefined;
}

/** The answering side: a message in, its answer or its error out, never a crash. */
export function natsAnswers(link: Link, { report, observe }: Options) {
  const answers = underway();

  async function answered({ subject, listener }: Answering, message: Msg): Promise<unknown> {
    let question: unknown;
    try {
      question = decode(message.data);
    } catch {
      // Without the decoder's words: they may quote what could not be read.
      throw new KeystoneError(500, UNEXPECTED, {
        reason: `malformed question ${subject}: not msgpack of plain values`,
      });
    }
    return listener(question);
  }

  async function respond(answering: Answering, message: Msg): Promise<void> {
    const { subject, secret } = answering;
    const parent = remoteParent((name) => message.headers?.get(name) ?? '');
    const side = { subject, side: 'answered', system: 'nats', observe, parent } as const;
    const reply = await replyOf(
      () => exchange(side, () => answered(answering, message)),
      (error) => report(error, subject),
    );
    const way = link.way();
    // The asker was told that the connection is gone; an answer kept for the next one would find nobody.
    if (way === 'gone') return;
    if (secret && way !== 'private') throw new Error('not answered: it carries secrets, and the connection changed');
    send(message, reply);
  }

  function send(message: Msg, reply: Reply): void {
    try {
      message.respond(encode(reply));
    } catch (error) {
      message.respond(encode({ error: { status: 500, message: UNEXPECTED } } satisfies Reply));
      throw error;
    }
  }

  return {
    answer(answering: Answering, message: Msg): void {
      const done = respond(answering, message).catch((error: unknown) => report(error, answering.subject));
      void answers.track(done);
    },
    idle: answers.idle,
  };
}
