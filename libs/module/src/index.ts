import type { Operation } from '@keystone/api';
import type { Bus } from '@keystone/bus';
import type { Config } from '@keystone/config';
import type { Database, EntitySchema } from '@keystone/database';
import type { PythonCache } from '@keystone/python-cache';
import type { Log, Telemetry } from '@keystone/telemetry';

/** What a subsystem is given to work with. */
export interface Context {
  database: Database;
  bus: Bus;
  /** The configuration as it is now: ask each time, it changes on SIGHUP. */
  config(): Config;
  /** Milliseconds since the epoch. */
  clock(): number;
  log: Log;
  /** Every write goes through it where Python Keystone keeps what it changes. */
  pythonCache: PythonCache;
  /** For counters and gauges of the subsystem's own. */
  meter: Telemetry['meter'];
}

/** One line of `/readyz`: a thing that the subsystem cannot work without. */
export interface Dependency {
  name: string;
  ready: boolean;
  detail: string;
}

/** A subsystem as a value: what it owns, what it answers over HTTP, what it answers over the bus. */
export interface Module<D = never> {
  name: string;
  /** Tables that only this subsystem writes. */
  tables: readonly EntitySchema[];
  operations: readonly Operation<D>[];
  deps(context: Context): D | Promise<D>;
  /** Subscribes the answers to the questions of its contract. */
  listen?(bus: Bus, deps: D): void;
  readiness?(deps: D): Dependency[];
  /** The process ends, and everything is still there: lets go of what another process waits for. */
  leave?(deps: D): void | Promise<void>;
  close?(deps: D): void | Promise<void>;
}

/** Fixes the type of the dependencies, then forgets it: whoever composes modules need not know. */
export const module = <D>(made: Module<D>): Module => made as unknown as Module;
