import { isPublic, successStatus } from '@keystone/api';
import { listed, type Listed } from './modules.ts';

const parameters = ({ operation }: Listed) => {
  const path = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const { properties = {}, required = [] } = (operation.query ?? {}) as { properties?: object; required?: string[] };
  const query = Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    ...(required.includes(name) && { required: true }),
    schema: schema as object,
  }));
  return [...path, ...query];
};

const json = (schema: unknown) => ({ content: { 'application/json': { schema } } });

function described(each: Listed) {
  const { operation, service, name } = each;
  return {
    operationId: `${operation.method} ${operation.path}`,
    tags: [service],
    ...(isPublic(operation.policy)
      ? { security: [], description: `Public: ${operation.policy.why}.` }
      : { security: [{ token: [] }], description: `Policy: \`${name}\`.` }),
    parameters: parameters(each),
    ...(operation.body && { requestBody: { required: true, ...json(operation.body) } }),
    responses: {
      [successStatus(operation)]: { description: 'Success', ...(operation.reply && json(operation.reply)) },
      default: { description: 'Error', ...json({ $ref: '#/components/schemas/Error' }) },
    },
  };
}

const ERROR = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'title', 'message'],
      properties: { code: { type: 'integer' }, title: { type: 'string' }, message: { type: 'string' } },
    },
  },
};

/** The OpenAPI 3.1 document of all operations; HEAD stands beside every GET and is not listed. */
export function openapi(): string {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const each of listed) {
    const { path, method } = each.operation;
    paths[path] = { ...paths[path], [method.toLowerCase()]: described(each) };
  }
  const document = {
    openapi: '3.1.0',
    info: { title: 'OpenStack Identity API', version: '3.14' },
    paths,
    components: {
      schemas: { Error: ERROR },
      securitySchemes: { token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' } },
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
