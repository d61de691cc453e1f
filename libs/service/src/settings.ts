import { loadConfig, type Config, type ConfigSources, type LiveConfig } from '@keystone/config';
import type { Policy } from '@keystone/policy';
import { policyFiles, type PolicyFiles, type PolicyLog } from './policy.files.ts';

/** What an operator may change while the process runs. */
export interface Settings extends LiveConfig {
  /** The rules of the policy files as they are now: a change of a file needs no reload. */
  policy(): Policy;
  /**
   * Reads configuration and policy again: with its return the new values of both hold.
   * @throws ConfigError and PolicyFileError, and keeps the old values of both
   */
  reload(): void;
}

function openPolicy({ oslo_policy: named }: Config, sources: ConfigSources, log: PolicyLog): PolicyFiles {
  const files = { policyFile: named.policy_file, policyDirs: named.policy_dirs, sources };
  const rules = { enforceNewDefaults: named.enforce_new_defaults, defaultRule: named.policy_default_rule };
  return policyFiles({ ...files, ...rules }, log);
}

/**
 * @param held the configuration of the moment, replaced by `reload`
 * @throws PolicyFileError where the policy cannot be read at the start
 */
export function liveSettings(held: { config: Config }, sources: ConfigSources, log: PolicyLog): Settings {
  let policy = openPolicy(held.config, sources, log);
  return {
    current: () => held.config,
    policy: () => policy.current(),
    reload() {
      const next = loadConfig(sources);
      policy = openPolicy(next, sources, log);
      held.config = next;
    },
  };
}
