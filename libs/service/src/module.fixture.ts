import { operations, Type, type Introspection } from '@keystone/api';
import { answer, ask, question } from '@keystone/bus';
import { introspect } from '@keystone/contracts';
import { handOver, notFound } from '@keystone/errors';
import { module, type Module } from '@keystone/module';
import { NoteTable, notesOf } from './note.fixture.store.ts';

/** Strings that no log, no health page and no answer may show. */
export const SECRETS = {
  token: 'gAAAAABmX0-planted-token-0123456789abcdef',
  password: 'planted-pass-phrase',
} as const;

const who = (role: string): Introspection => ({
  token: {
    methods: ['password'],
    user: { id: role, name: role, domain: { id: 'default', name: 'Default' } },
    audit_ids: ['a'],
    expires_at: '2100-01-01T00:00:00.000000Z',
    issued_at: '2026-01-01T00:00:00.000000Z',
    system: { all: true },
    roles: [{ id: role, name: role }],
  },
  group_ids: [],
});

/** As the token service answers: tokens are named by the role that they give on the system. */
export const tokens = module<object>({
  name: 'token',
  tables: [],
  operations: [],
  deps: () => ({}),
  listen: (bus) =>
    answer(bus, introspect, async ({ token }) => {
      if (token === 'of-a-disabled-project') notFound('project', 'p1');
      if (token === 'of-a-trust') handOver('a token of a trust');
      if (token === 'never') await new Promise(() => undefined);
      return token === 'admin' || token === 'reader' ? { ...who(token) } : null;
    }),
});

interface Deps {
  notes: ReturnType<typeof notesOf>;
  gate: Gate;
  weather(): Promise<string>;
}

/** Holds requests until it is opened. */
export interface Gate {
  /** How many wait. */
  waiting: number;
  open(): void;
  pass(): Promise<void>;
}

export function gate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  const made: Gate = {
    waiting: 0,
    open: resolve,
    pass() {
      made.waiting += 1;
      return promise;
    },
  };
  return made;
}

const weather = question('weather.today', Type.Object({}), Type.String());

/** Answers what `GET /v3/limits` asks. */
export const weatherman = (answers: () => Promise<string>): Module =>
  module<object>({
    name: 'weather',
    tables: [],
    operations: [],
    deps: () => ({}),
    listen: (bus) => answer(bus, weather, answers),
  });

const operation = operations<Deps>();
const Note = Type.Object({ id: Type.String(), text: Type.String() });

/** A subsystem of one table, under paths and policies that exist. */
export const notes = (held: Gate = gate()): Module =>
  module<Deps>({
    name: 'notes',
    tables: [NoteTable],
    operations: [
      operation({
        method: 'GET',
        path: '/v3/regions',
        policy: 'identity:list_regions',
        run: async (_request, deps) => ({ regions: await deps.notes.list() }),
      }),
      operation({
        method: 'POST',
        path: '/v3/regions',
        policy: 'identity:create_region',
        body: Type.Object({ region: Note }),
        run: async ({ body }, deps) => {
          await deps.notes.add(body.region);
          return { region: body.region };
        },
      }),
      operation({
        method: 'GET',
        path: '/v3/services',
        policy: { why: 'waits at the gate' },
        run: async (_request, deps) => {
          await deps.gate.pass();
          return { services: [] };
        },
      }),
      operation({
        method: 'GET',
        path: '/v3/endpoints',
        policy: { why: 'fails, its words full of secrets' },
        run: () => Promise.reject(new Error(`no ${SECRETS.token} for {"password": "${SECRETS.password}"}`)),
      }),
      operation({
        method: 'GET',
        path: '/v3/limits',
        policy: { why: 'asks another subsystem' },
        run: async (_request, deps) => ({ weather: await deps.weather() }),
      }),
      operation({
        method: 'GET',
        path: '/v3/policies',
        policy: { why: 'fails where nobody waits for it' },
        run: async () => {
          setTimeout(() => {
            throw new Error(`lost ${SECRETS.token}`);
          });
          return { policies: [] };
        },
      }),
    ],
    deps: ({ database, bus }) => ({
      notes: notesOf(database),
      gate: held,
      weather: () => ask(bus, weather, {}),
    }),
  });
