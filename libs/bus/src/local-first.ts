import type { Bus } from './bus.ts';

/**
 * Questions answered in this process do not leave it; all others go to the remote bus, and other processes' questions
 * are answered too. Events go both ways: heard here at once, and once, even while the remote bus is away.
 */
export function localFirst(local: Bus, remote: Bus): Bus {
  const answeredHere = new Set<string>();
  return {
    check: Boolean(local.check || remote.check),
    request: (subject, message, options) =>
      (answeredHere.has(subject) ? local : remote).request(subject, message, options),
    serve(subject, listener, options) {
      const stops = [local.serve(subject, listener, options), remote.serve(subject, listener, options)];
      answeredHere.add(subject);
      return () => {
        answeredHere.delete(subject);
        stops.forEach((stop) => stop());
      };
    },
    publish(subject, message) {
      local.publish(subject, message);
      remote.publish(subject, message);
    },
    subscribe(subject, listener, options) {
      const stops = [local.subscribe(subject, listener, options), remote.subscribe(subject, listener, { own: false })];
      return () => stops.forEach((stop) => stop());
    },
    register: (name) => remote.register(name),
    status: () => remote.status(),
    async drain() {
      await Promise.all([remote.drain(), local.drain()]);
    },
  };
}
