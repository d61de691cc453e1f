import { KeystoneError } from '@keystone/errors';
import type { Static, TSchema } from 'typebox';
import type { AskOptions, Bus } from './bus.ts';
import { mismatch } from './schema.ts';
import { UNEXPECTED } from './wire.ts';

/** A decision that one subsystem takes for the others. `deadline` in milliseconds. */
export interface Question<I extends TSchema = TSchema, O extends TSchema = TSchema> extends AskOptions {
  subject: string;
  input: I;
  output: O;
}

/** Something that has happened; whoever hears it may forget what he remembers. */
export interface Event<P extends TSchema = TSchema> {
  subject: string;
  payload: P;
}

export const question = <I extends TSchema, O extends TSchema>(
  subject: string,
  input: I,
  output: O,
  options: AskOptions = {},
): Question<I, O> => ({ subject, input, output, ...options });

export const event = <P extends TSchema>(subject: string, payload: P): Event<P> => ({ subject, payload });

/** Errors: as `Bus.request`; on a bus that checks, a TypeError where the question or the answer breaks the contract. */
export async function ask<I extends TSchema, O extends TSchema>(
  bus: Bus,
  asked: Question<I, O>,
  input: Static<I>,
): Promise<Static<O>> {
  if (bus.check) hold(asked.subject, 'question', mismatch(asked.input, input));
  const output = await bus.request(asked.subject, input, asked);
  if (bus.check) hold(asked.subject, 'answer', mismatch(asked.output, output));
  return output as Static<O>;
}

/** @returns stops answering. Questions that break the contract never reach `reply`: the asker reads a 500 whose reason says where. */
export function answer<I extends TSchema, O extends TSchema>(
  bus: Bus,
  asked: Question<I, O>,
  reply: (input: Static<I>) => Promise<Static<O>>,
): () => void {
  const listener = async (input: unknown) => {
    const wrong = mismatch(asked.input, input);
    if (wrong) throw new KeystoneError(500, UNEXPECTED, { reason: `malformed question ${asked.subject}: ${wrong}` });
    return reply(input as Static<I>);
  };
  return bus.serve(asked.subject, listener, asked);
}

export function emit<P extends TSchema>(bus: Bus, happened: Event<P>, payload: Static<P>): void {
  if (bus.check) hold(happened.subject, 'event', mismatch(happened.payload, payload));
  bus.publish(happened.subject, payload);
}

/** @returns stops listening. */
export function on<P extends TSchema>(
  bus: Bus,
  happened: Event<P>,
  listener: (payload: Static<P>) => void,
): () => void {
  return bus.subscribe(happened.subject, (payload) => {
    hold(happened.subject, 'event', mismatch(happened.payload, payload));
    listener(payload as Static<P>);
  });
}

function hold(subject: string, what: string, wrong: string | undefined): void {
  if (wrong) throw new TypeError(`malformed ${what} ${subject}: ${wrong}`);
}
