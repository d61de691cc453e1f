export { configSources, failStart, handleSignals, run } from './main.ts';
export { serve, type Service, type ServeOptions } from './serve.ts';
