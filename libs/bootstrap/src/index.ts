export { bootstrap, type BootstrapOptions } from './bootstrap.ts';
export { prepareEmbedded, sayWhatNext, type Embedded } from './embedded.ts';
