import { ConfigError, databaseUrl, type Config } from '@keystone/config';
import type { ServerAddress } from '@keystone/binlog';
import { feedTables } from '@keystone/contracts';
import { module, type Context } from '@keystone/module';
import { startChangeFeed, type ChangeFeed } from './change-feed.ts';

/** @throws ConfigError where there is no binlog to follow or no bus to tell of it */
function serverOf({ database, kts }: Config): ServerAddress {
  const url = databaseUrl(database.connection ?? 'sqlite://', database.connection_parameters);
  const problems = [
    ...(url.kind === 'mysql' ? [] : ['[database] connection: only MariaDB and MySQL have a binlog to follow']),
    ...(kts.nats_url ? [] : ['[kts] nats_url: the change feed tells others, so it needs NATS']),
  ];
  if (url.kind !== 'mysql' || problems.length > 0) throw new ConfigError(problems);
  return url;
}

function measure(feed: ChangeFeed, { meter }: Context): void {
  const gauge = (name: string, description: string, read: () => number) =>
    meter
      .createObservableGauge(`keystone_change_feed_${name}`, { description })
      .addCallback((result) => result.observe(read()));
  gauge('active', '1 while this process is the one that publishes', () => (feed.active() ? 1 : 0));
  gauge('following', '1 while it follows the binlog', () => (feed.active()?.trouble() === null ? 1 : 0));
  gauge('followers', 'Processes that trust their memory by it', () => feed.active()?.followers.count() ?? 0);
  gauge('event_number', 'Events published that told of a change', () => feed.active()?.teller.number() ?? 0);
}

/** The process that tells all others what is committed to the database, by whoever. */
export const changeFeed = module<ChangeFeed>({
  name: 'change-feed',
  tables: [],
  operations: [],
  deps(context) {
    const binlog = { server: serverOf(context.config()), tables: feedTables };
    const clock = () => performance.now();
    const feed = startChangeFeed({ bus: context.bus, binlog, clock, log: context.log });
    measure(feed, context);
    return feed;
  },
  readiness: (feed) => [feed.readiness()],
  leave: (feed) => feed.leave(),
});
