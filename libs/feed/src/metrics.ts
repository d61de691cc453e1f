import type { Meter } from '@opentelemetry/api';
import type { Feed } from './feed.ts';

/** Shows a follower's state in `/metrics`; why it is not live stands in `/readyz`. */
export function measureFeed(feed: Feed, meter: Meter): void {
  const gauge = (name: string, description: string) =>
    meter.createObservableGauge(`keystone_feed_${name}`, { description });
  gauge('live', '1 while memory may be trusted').addCallback((result) => result.observe(feed.live() ? 1 : 0));
  gauge('proof_age_seconds', 'Time since the moment up to which every commit has been heard of').addCallback(
    (result) => {
      const age = feed.age();
      if (Number.isFinite(age)) result.observe(age / 1000);
    },
  );
  const changes = meter.createCounter('keystone_feed_changes_total', { description: 'Changed rows heard of' });
  const resets = meter.createCounter('keystone_feed_resets_total', {
    description: 'Times that everything was forgotten',
  });
  feed.onChanges((heard) => changes.add(heard.length));
  feed.onReset(() => resets.add(1));
}
