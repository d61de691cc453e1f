import type { Config, ConfigSources, LiveConfig } from '@keystone/config';
import type { Policy } from '@keystone/policy';
import type { Log } from '@keystone/telemetry';
import { policyFiles, type PolicyFiles } from './policy.files.ts';

/** The policy in force: follows the files from request to request, and the options that name them from reload to reload. */
export function policyOf(config: LiveConfig, sources: ConfigSources, log: Log): { current(): Policy } {
  let from: Config | undefined;
  let files: PolicyFiles;
  const current = () => {
    const now = config.current();
    if (now !== from) {
      const { policy_file, policy_dirs, enforce_new_defaults, policy_default_rule } = now.oslo_policy;
      files = policyFiles(
        {
          policyFile: policy_file,
          policyDirs: policy_dirs,
          enforceNewDefaults: enforce_new_defaults,
          defaultRule: policy_default_rule,
          sources,
        },
        log,
      );
      from = now;
    }
    return files.current();
  };
  // A policy that cannot be read stops the start, not the first request.
  current();
  return { current };
}
