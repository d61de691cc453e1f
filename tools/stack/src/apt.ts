import { run } from './run.ts';

// Debian's maintainer scripts ask policy-rc.d before they start a daemon (invoke-rc.d(8)); 101 is "no". A container
// image may bring its own, which stays. Lists are fetched only when what they say is missing or out of date.
const INSTALL = `
set -eu
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\\nexit 101\\n' >"$policy"
  chmod 755 "$policy"
fi
install() { apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"; }
install "$@" || { apt-get update && install "$@"; }
`;

/** Installs Debian packages without starting their daemons: as root, or through a sudo that asks for no password. */
export async function installPackages(packages: readonly string[]): Promise<void> {
  const script = ['sh', '-c', INSTALL, 'install', ...packages];
  if (process.getuid?.() === 0) {
    await run('sh', script.slice(1));
    return;
  }
  try {
    await run('sudo', ['-n', 'true']);
  } catch (cause) {
    throw new Error(`Missing here, and only root can add them: apt-get install ${packages.join(' ')}`, { cause });
  }
  await run('sudo', ['-n', ...script]);
}
