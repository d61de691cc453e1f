import type { Bus } from './bus.ts';
import type { NatsOptions } from './nats.ts';

export type { AskOptions, Bus, BusOptions, Exchange, Listener } from './bus.ts';
export { type Lease, type LeaseOptions, leaseTimes, takeLease } from './lease.ts';
export { localBus } from './local.ts';
export { localFirst } from './local-first.ts';
export type { NatsOptions } from './nats.ts';
export { answer, ask, emit, event, type Event, on, question, type Question } from './question.ts';
export type { Entry, Register } from './register.ts';

/**
 * Loads the NATS client only where it is used: one process alone starts faster without.
 * @throws TypeError for addresses that are none.
 */
export const natsBus = async (options: NatsOptions): Promise<Bus> => (await import('./nats.ts')).natsBus(options);
