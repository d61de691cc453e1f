import { join } from 'node:path';

/** The top of the checkout. */
export const REPOSITORY = join(import.meta.dirname, '..', '..', '..');

/** The Node that the repository pins. */
export const NODE = join(REPOSITORY, 'node_modules', '.bin', 'node');

/** What tools/generate makes of the operations. */
export const ENVOY_CONFIG = join(REPOSITORY, 'envoy.yaml');
