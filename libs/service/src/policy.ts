import type { ConfigSources, LiveConfig } from '@keystone/config';
import type { Policy } from '@keystone/policy';
import type { Log } from '@keystone/telemetry';
import { policyFiles, type PolicyFiles } from './policy.files.ts';

export interface LivePolicy {
  /** Follows the files: a change holds from the next call on. */
  current(): Policy;
  /** Follows the options that name the files. @throws PolicyFileError, and keeps the old rules */
  reload(): void;
}

/** The operator's policy, as `[oslo_policy]` names it. @throws PolicyFileError where it cannot be read at the start */
export function livePolicy(config: LiveConfig, sources: ConfigSources, log: Log): LivePolicy {
  const open = (): PolicyFiles => {
    const { policy_file, policy_dirs, enforce_new_defaults, policy_default_rule } = config.current().oslo_policy;
    const named = { policyFile: policy_file, policyDirs: policy_dirs, sources };
    return policyFiles({ ...named, enforceNewDefaults: enforce_new_defaults, defaultRule: policy_default_rule }, log);
  };
  let files = open();
  return {
    current: () => files.current(),
    reload: () => {
      files = open();
    },
  };
}
