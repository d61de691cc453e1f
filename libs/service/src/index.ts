export type { ServeOptions } from './assemble.ts';
export { configSources, failStart, handleSignals, run } from './main.ts';
export { serve, type Service } from './serve.ts';
export { StartError } from './start-error.ts';
