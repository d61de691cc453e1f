export {
  callerOf,
  type AccessRule,
  type Caller,
  type Delegation,
  type Introspection,
  type TokenBody,
} from './caller.ts';
export { collection, matches, readFilters, readPage, type Filter, type Page } from './list.ts';
export { keepsId, linked, normalised } from './member.ts';
export {
  isPublic,
  operations,
  reply,
  successStatus,
  type Method,
  type Operation,
  type Public,
  type ReadyAnswer,
  type ReadyRequest,
  type Reply,
  type Request,
} from './operation.ts';
export { type Exchange, type Host } from './pipeline.ts';
export { repr, str } from './repr.ts';
export { checker } from './schema.ts';
export { httpHandler, type HttpHandler, type Mounted } from './server.ts';
export * from './vocabulary.ts';
