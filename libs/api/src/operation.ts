import type { PolicyAction, PolicyCredentials, PolicyTarget } from '@keystone/policy';
import type { Static, TSchema } from 'typebox';
import type { Caller } from './caller.ts';
import type { Filter } from './list.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Path parameters as the template names them: `/v3/regions/{region_id}` gives `{ region_id: string }`. */
export type Params<Path extends string> = Path extends `${string}{${infer Key}}${infer Rest}`
  ? { [name in Key]: string } & Params<Rest>
  : unknown;

type Sent<Schema> = Schema extends TSchema ? Static<Schema> : undefined;

/** What a handler sees of a request: parsed, checked against its schemas, allowed by policy. */
export interface Request<P = Record<string, string>, Q = unknown, B = unknown> {
  params: P;
  query: Q;
  /** Every query parameter in the order it was sent, repeated ones too. */
  queryAll: readonly (readonly [string, string])[];
  body: B;
  /** Who asks; null where the operation is public and no valid token was sent. */
  caller: Caller | null;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The filters that the operation supports and the query names, see {@link Operation.filters}. */
  filters: readonly Filter[];
  /** An absolute link as the client must see it: `url('/v3/regions')`. */
  url(path: string): string;
  /** The path and query as received, e.g. `/v3/services?type=identity`. */
  target: { path: string; search: string };
  requestId: string;
}

/** A public operation must say why it asks nobody's permission. */
export interface Public {
  why: string;
}

/** A request as a hot operation sees it before anything is read of it. */
export interface ReadyRequest {
  method: string;
  /** `?nocatalog`, or empty. */
  search: string;
  headers: Request['headers'];
  /** Policy's word on the action that this request asks for. */
  allows(credentials: PolicyCredentials, target: PolicyTarget): boolean;
}

/** An answer as bytes; `content-length` and the headers that every answer has are added. */
export interface ReadyAnswer {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

export interface Operation<D = never> {
  method: Method;
  path: string;
  policy: PolicyAction | Public;
  /** Where HEAD has a rule of its own (`identity:check_token` beside `identity:validate_token`). */
  headPolicy?: PolicyAction;
  /**
   * Where the request decides which rule is asked, beside `policy`, the usual one: `identity:get_domain_role` for a role
   * of a domain. Asked after authentication; throws as `target` does.
   */
  actionFor?(request: Request, deps: D): PolicyAction | Promise<PolicyAction>;
  query?: TSchema;
  body?: TSchema;
  reply?: TSchema;
  /** Success status, where it is not the method's usual one (200, POST and PUT 201, DELETE 204). */
  status?: number;
  /** Query parameters that filter the list; policy rules see them as `filter_attr.*`. */
  filters?: readonly string[];
  /** Answered ahead of express: for the few operations whose cost is the framework's. */
  hot?: boolean;
  /**
   * The answer of a hot operation, at once and from what is at hand; undefined where it is not, or where it would not be
   * a success: then the request goes the usual way. Must give what that way would.
   */
  ready?(request: ReadyRequest, deps: D): ReadyAnswer | undefined;
  /** What policy rules see as `target.*`; throws 404 as the resource lookup does. */
  target?(request: Request, deps: D): Promise<PolicyTarget>;
  run(request: never, deps: D): Promise<unknown>;
}

interface Declared<D, P extends string, Q, B> extends Omit<Operation<D>, 'path' | 'query' | 'body' | 'run' | 'target'> {
  path: P;
  query?: Q;
  body?: B;
  target?(request: Request<Params<P>, unknown, Sent<B>>, deps: D): Promise<PolicyTarget>;
  run(request: Request<Params<P>, Sent<Q>, Sent<B>>, deps: D): Promise<unknown>;
}

/** Curried so that the dependencies are named once a resource and everything else is inferred. */
export const operations =
  <D>() =>
  <P extends string, Q extends TSchema | undefined = undefined, B extends TSchema | undefined = undefined>(
    operation: Declared<D, P, Q, B>,
  ): Operation<D> =>
    operation as unknown as Operation<D>;

export const isPublic = (policy: PolicyAction | Public): policy is Public => typeof policy === 'object';

const USUAL_STATUS: Record<Method, number> = { GET: 200, POST: 201, PUT: 201, PATCH: 200, DELETE: 204 };

export const successStatus = ({ method, status }: Pick<Operation, 'method' | 'status'>): number =>
  status ?? USUAL_STATUS[method];

const REPLY = Symbol('reply');

/** An answer of a handler that sets a status or headers besides its body. */
export interface Reply {
  [REPLY]: true;
  body: unknown;
  status?: number;
  headers: Record<string, string>;
}

export const reply = (body: unknown, headers: Record<string, string>, status?: number): Reply => ({
  [REPLY]: true,
  body,
  headers,
  ...(status && { status }),
});

export const isReply = (value: unknown): value is Reply =>
  typeof value === 'object' && value !== null && REPLY in value;
