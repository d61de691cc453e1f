import { listed, methodsOf } from './modules.ts';

/** Method, path, service and policy of every operation, tab-separated. */
export const operationsTable = (): string =>
  [
    ['method', 'path', 'service', 'policy'],
    ...listed.flatMap(({ operation, service, name }) =>
      methodsOf(operation).map((method) => [
        method,
        operation.path,
        service,
        typeof operation.policy === 'object'
          ? `(public: ${operation.policy.why})`
          : method === 'HEAD'
            ? (operation.headPolicy ?? name)
            : name,
      ]),
    ),
  ]
    .map((row) => row.join('\t'))
    .join('\n');
