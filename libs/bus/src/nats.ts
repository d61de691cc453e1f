import { randomUUID } from 'node:crypto';
import { type Bus, type BusOptions, checkedSubject, defaults } from './bus.ts';
import { exchange } from './exchange.ts';
import { decode, encode } from './message.ts';
import { natsAnswers } from './nats-answers.ts';
import { natsAsks, traced } from './nats-asks.ts';
import { type LinkOptions, openLink } from './nats-link.ts';
import { natsRegisters } from './nats-registers.ts';
import { standing } from './nats-standing.ts';
import { unanswered } from './wire.ts';

export interface NatsOptions extends BusOptions, LinkOptions {
  /** Before every name on the wire: another one is another cloud on the same NATS. */
  prefix?: string;
  /** What the operator calls `servers`, for the error that tells him to use TLS. */
  setting?: string;
}

/** Says which bus published an event, so that it can tell its own. */
const FROM = 'keystone-from';

/** Questions and events between processes. @see openLink for what happens while NATS is away. */
export async function natsBus(options: NatsOptions): Promise<Bus> {
  const { questionTimeout, drainTimeout, check, report } = { ...defaults, ...options };
  const { observe, prefix: cloud = 'keystone', setting = 'the address of NATS' } = options;
  const prefix = `${cloud}.`;
  const me = randomUUID();
  const link = await openLink(options);
  const asks = natsAsks(link, { prefix, setting });
  const answers = natsAnswers(link, { report, observe });
  const subscriptions = standing(report);
  link.watch(subscriptions);
  link.watch(asks);
  const served = new Set<string>();
  let open = true;

  return {
    check,
    async request(subject, message, { deadline = questionTimeout, secret = false } = {}) {
      if (!open) throw unanswered(subject, 'the bus is closed');
      const asked = { subject, message, deadline, secret };
      return exchange({ subject, side: 'asked', system: 'nats', observe }, () => asks.request(asked));
    },
    serve(subject, listener, { secret = false } = {}) {
      if (served.has(checkedSubject(subject))) throw new TypeError(`"${subject}" is answered already`);
      served.add(subject);
      // The queue is the service that owns the question, whoever answers it: one of them all gets each.
      const queue = subject.slice(0, subject.indexOf('.'));
      const answering = { subject, listener, secret };
      const heard = answers.answer.bind(undefined, answering);
      const stop = subscriptions.add({ subject: prefix + subject, queue, secret, heard });
      return () => {
        served.delete(subject);
        stop();
      };
    },
    publish(subject, message) {
      const data = encode(message);
      link.connection()?.publish(prefix + checkedSubject(subject), data, traced({ [FROM]: me }));
    },
    subscribe(subject, listener, { own = true } = {}) {
      return subscriptions.add({
        subject: prefix + checkedSubject(subject),
        secret: false,
        heard(message) {
          if (own || message.headers?.get(FROM) !== me) listener(decode(message.data));
        },
      });
    },
    register: natsRegisters(link, cloud),
    status: link.status,
    async drain() {
      open = false;
      await subscriptions.drain(drainTimeout);
      for (const { idle } of [answers, asks]) {
        await idle(drainTimeout).catch((error: unknown) => report(error, 'drain'));
      }
      await link.close(drainTimeout);
    },
  };
}
