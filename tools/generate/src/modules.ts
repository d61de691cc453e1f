import { assignment } from '@keystone/assignment';
import { catalog } from '@keystone/catalog';
import { identity } from '@keystone/identity';
import type { Module } from '@keystone/module';
import { isPublic, type Operation } from '@keystone/api';
import { token } from '@keystone/token';

/** The four subsystems; static values, so that whoever generates from them starts nothing. */
export const modules: readonly Module[] = [token, identity, assignment, catalog];

export interface Listed {
  service: string;
  operation: Operation;
  /** What switches it: the policy action, or method and path of a public one. */
  name: string;
}

/** Every operation with the service that answers it, ordered so that a literal path comes before a template. */
export const listed: readonly Listed[] = modules
  .flatMap(({ name: service, operations }) =>
    operations.map((operation: Operation) => ({
      service,
      operation,
      name: isPublic(operation.policy) ? `${operation.method} ${operation.path}` : operation.policy,
    })),
  )
  .sort((a, b) => (order(a.operation) < order(b.operation) ? -1 : 1));

// '~' sorts after every letter: `/v3/auth/tokens` is tried before `/v3/{x}`.
function order({ path, method }: Operation): string {
  return `${path.replaceAll(/\{\w+\}/g, '~')} ${method}`;
}

/** The methods an operation answers: HEAD comes with GET. */
export const methodsOf = ({ method }: Operation): string[] => (method === 'GET' ? ['GET', 'HEAD'] : [method]);
