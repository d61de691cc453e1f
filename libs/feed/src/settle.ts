import { setTimeout as delay } from 'node:timers/promises';
import { ask, leaseTimes, type Bus } from '@keystone/bus';
import { FEED_LEASE, FEED_LIMIT, feedSettled } from '@keystone/contracts';

/**
 * The feed's active process says when every follower has heard. Where it does not answer, time does: a follower trusts
 * nothing for longer than `FEED_LIMIT` after his last proof, and a proof younger than the commit tells of the commit.
 */
export function settling(bus: Bus, clock: () => number): { settle(): Promise<void> } {
  const register = bus.register(FEED_LEASE);
  let seen: { revision: number; since: number } | undefined;

  /** For so long has nobody held the feed's lease that no follower can have a proof; or there never was a feed. */
  async function isAbandoned(): Promise<boolean> {
    const entry = await register.read();
    if (!entry) return true;
    if (seen?.revision !== entry.revision) seen = { revision: entry.revision, since: clock() };
    return clock() - seen.since > leaseTimes.hold + FEED_LIMIT;
  }
  const abandoned = () => isAbandoned().catch(() => false);
  // So that the first write need not find out how long it has been so.
  void abandoned();

  return {
    async settle() {
      const until = clock() + FEED_LIMIT;
      const told = await ask(bus, feedSettled, {}).then(
        () => true,
        () => false,
      );
      if (told || (await abandoned())) return;
      while (clock() < until) await delay(until - clock());
    },
  };
}
