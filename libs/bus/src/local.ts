import { type AskOptions, type Bus, type BusOptions, checkedSubject, defaults, type Listener } from './bus.ts';
import { exchange } from './exchange.ts';
import { localRegisters } from './register.ts';
import { underway, within } from './time.ts';
import { plain, replyOf, settle, unanswered } from './wire.ts';

/**
 * Questions and events inside one process, with what holds on NATS: nobody shares an object, errors come back typed,
 * deadlines pass, an unexpected error's words stay with the answerer. Events are heard before `publish` returns.
 */
export function localBus(options: BusOptions = {}): Bus {
  const { questionTimeout, drainTimeout, check, report, observe } = { ...defaults, observe: undefined, ...options };
  const answerers = new Map<string, Listener>();
  const listeners = new Map<string, Set<(message: unknown) => void>>();
  const answers = underway();
  let open = true;

  async function request(subject: string, message: unknown, { deadline = questionTimeout }: AskOptions) {
    const listener = answerers.get(subject);
    if (!open) throw unanswered(subject, 'the bus is closed');
    if (!listener) throw unanswered(subject, 'nobody answers it in this process');
    const question = plain(message);
    const reply = answers.track(
      replyOf(
        async () => listener(question),
        (error) => report(error, subject),
      ),
    );
    return settle(await within(deadline, reply, () => unanswered(subject, `no answer within ${deadline} ms`)), subject);
  }

  return {
    check,
    request: (subject, message, asked = {}) =>
      exchange({ subject, side: 'asked', system: 'local', observe }, () => request(subject, message, asked)),
    serve(subject, listener) {
      if (answerers.has(checkedSubject(subject))) throw new TypeError(`"${subject}" is answered already`);
      answerers.set(subject, listener);
      return () => void answerers.delete(subject);
    },
    publish(subject, message) {
      const payload = plain(message);
      for (const listener of listeners.get(checkedSubject(subject)) ?? []) {
        try {
          listener(plain(payload));
        } catch (error) {
          report(error, subject);
        }
      }
    },
    subscribe(subject, heard, { own = true } = {}) {
      const all = listeners.get(checkedSubject(subject)) ?? new Set();
      const listener = (message: unknown) => heard(message);
      // All that is published on this bus is its own.
      if (own) listeners.set(subject, all.add(listener));
      return () => void all.delete(listener);
    },
    register: localRegisters(),
    status: () => ({ connected: open, detail: open ? 'in this process' : 'closed' }),
    async drain() {
      open = false;
      await answers.idle(drainTimeout).catch((error: unknown) => report(error, 'drain'));
    },
  };
}
