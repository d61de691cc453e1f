import { loadConfig, type ConfigSources } from './load.ts';
import type { Config } from './options/index.ts';

/** A configuration that can be read again while the process runs. */
export interface LiveConfig {
  /** The values of the last load that succeeded: to be asked each time, not kept. */
  current(): Config;
  /**
   * Reads everything again. From its return on `current()` gives the new values.
   *
   * @throws ConfigError, and keeps the old values.
   */
  reload(): void;
}

/** @throws ConfigError if the first load fails. */
export const liveConfig = (sources: ConfigSources): LiveConfig => {
  let config = loadConfig(sources);
  return {
    current: () => config,
    reload: () => {
      config = loadConfig(sources);
    },
  };
};
