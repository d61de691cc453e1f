import { setTimeout as delay } from 'node:timers/promises';
import { FEED_LEASE, feedTables } from '@keystone/contracts';
import { createConnection } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { servers, world, type Follower, type World } from './testing/world.ts';

const PATIENCE = { timeout: 15_000, interval: 5 };

describe.skipIf(!servers)('the change feed', () => {
  let cloud: World;
  beforeEach(async () => {
    cloud = await world();
  });
  afterEach(() => cloud.close());

  const lively = (follower: Follower) => expect.poll(() => follower.why(), PATIENCE).toBe('');
  /** Live, with what it was told before forgotten. */
  async function follow(): Promise<Follower> {
    const follower = await cloud.follower();
    await lively(follower);
    follower.roles.length = follower.tables.length = follower.resets.length = 0;
    return follower;
  }
  const heard = (follower: Follower, roles: string[]) => expect.poll(() => follower.roles, PATIENCE).toEqual(roles);

  /** The lease says of how far the publisher has come. */
  async function kept(): Promise<void> {
    const register = (await cloud.bus()).register(FEED_LEASE);
    const place = async () => {
      const entry = await register.read();
      const { kept } = (entry?.value ?? {}) as { kept?: { place?: { gtid: string | null } } };
      return kept?.place?.gtid ? 'place' : 'nothing';
    };
    await expect.poll(place, PATIENCE).toBe('place');
  }

  test('tells of every table, once, in the order of the commits', async () => {
    await cloud.publisher();
    const follower = await follow();
    const columns = await cloud.run(
      `SELECT table_name AS t, column_name AS c, data_type AS d, column_type AS full FROM information_schema.columns
        WHERE table_schema = ? AND is_nullable = 'NO' AND extra NOT LIKE '%auto_increment%'`,
      [cloud.name],
    );
    const value = ({ d, full }: Record<string, unknown>) => {
      if (d === 'enum') return /'([^']*)'/.exec(String(full))?.[1];
      return /char|text/.test(String(d)) ? 'x' : /date/.test(String(d)) ? '2026-01-02 03:04:05' : 7;
    };
    for (const table of Object.keys(feedTables)) {
      const needed = columns.filter(({ t }) => t === table);
      const row = Object.fromEntries(needed.map((column) => [column['c'], value(column)]));
      await cloud.run(needed.length > 0 ? `INSERT INTO ?? SET ?` : `INSERT INTO ?? VALUES ()`, [table, row]);
    }
    await expect.poll(() => follower.tables, PATIENCE).toEqual(Object.keys(feedTables));
    expect(follower.roles).toEqual(['x']);
  });

  test('tells nothing of what is rolled back, or not yet committed', async () => {
    await cloud.publisher();
    const follower = await follow();
    await cloud.run('START TRANSACTION');
    await cloud.addRole('gone');
    await follower.settle();
    await cloud.run('ROLLBACK');
    await cloud.addRole('kept');
    await follower.settle();
    expect(follower.roles).toEqual(['kept']);
  });

  test('tells of nothing that cannot be read yet', async () => {
    await cloud.publisher();
    const follower = await follow();
    const url = new URL(servers?.mysql ?? '');
    const connections = await Promise.all(
      Array.from({ length: 5 }, () => createConnection({ uri: new URL(cloud.name, url).href })),
    );
    const reader = connections.pop() ?? expect.fail('no connection');
    const reads: Promise<{ told: string; found: string | undefined }>[] = [];
    follower.onChanges((changes) => {
      for (const { table, after } of changes) {
        if (table !== 'role' || !after) continue;
        const asked = reader.query('SELECT id FROM role WHERE id = ?', [after['id']]);
        const found = asked.then(([rows]) => (rows as { id: string }[])[0]?.id);
        reads.push(found.then((id) => ({ told: String(after['id']), found: id })));
      }
    });
    const writing = connections.map(async (connection, writer) => {
      for (let count = 0; count < 100; count += 1) {
        const id = `${writer}-${count}`;
        await connection.query('INSERT INTO role (id, name) VALUES (?, ?)', [id, id]);
      }
    });
    await Promise.all(writing);
    await follower.settle();
    expect(reads).toHaveLength(400);
    for (const { told, found } of await Promise.all(reads)) expect(found).toBe(told);
    await Promise.all([...connections, reader].map((connection) => connection.end()));
  });

  test('says that anything may have changed after TRUNCATE', async () => {
    await cloud.publisher();
    const follower = await follow();
    await cloud.run('TRUNCATE revocation_event');
    await cloud.addRole('a');
    await heard(follower, ['reset', 'a']);
    await lively(follower);
  });

  test('goes on in another process as soon as one leaves, and nobody forgets anything', async () => {
    const first = await cloud.publisher();
    const follower = await follow();
    const events = await cloud.overhear();
    await cloud.addRole('a');
    await heard(follower, ['a']);
    await cloud.publisher();
    await first.leave();
    await cloud.addRole('b');
    await heard(follower, ['a', 'b']);
    await expect.poll(() => new Set(events.map(({ epoch }) => epoch)).size, PATIENCE).toBe(2);
  });

  test('tells after a restart what happened meanwhile, and nobody forgets anything', async () => {
    const first = await cloud.publisher();
    const follower = await follow();
    await cloud.addRole('a');
    await heard(follower, ['a']);
    await first.leave();
    await cloud.addRole('b');
    await cloud.run('FLUSH BINARY LOGS');
    await cloud.addRole('c');
    await expect.poll(() => follower.live(), PATIENCE).toBe(false);
    await cloud.publisher();
    await heard(follower, ['a', 'b', 'c']);
    await lively(follower);
  });

  test('begins anew where it cannot go on, and everybody forgets', async () => {
    const first = await cloud.publisher();
    const follower = await follow();
    await cloud.addRole('a');
    await heard(follower, ['a']);
    await first.leave();
    const register = (await cloud.bus()).register(FEED_LEASE);
    const entry = (await register.read()) ?? expect.fail('nothing was kept');
    const { kept } = entry.value as { kept: { place: object } };
    const elsewhere = { ...kept, place: { ...kept.place, server: 'another/3306/9' } };
    await register.write({ holder: null, kept: elsewhere }, entry.revision);
    await cloud.addRole('b');
    await cloud.publisher();
    await heard(follower, ['a', 'reset']);
    await lively(follower);
    expect(cloud.log.join()).toContain('another server');
  });

  test('is taken over from a process that has lost its way to NATS, and the two never speak at once', async () => {
    const first = await cloud.publisher();
    const follower = await follow();
    const events = await cloud.overhear();
    const second = await cloud.publisher();
    await cloud.addRole('a');
    await heard(follower, ['a']);
    await kept();
    first.nats.stall();
    await cloud.addRole('b');
    await expect.poll(() => second.active()?.trouble(), PATIENCE).toBeNull();
    expect(first.active()).toBeUndefined();
    first.nats.mend();
    await cloud.addRole('c');
    await expect.poll(() => follower.roles.at(-1), PATIENCE).toBe('c');
    await lively(follower);
    expect([...new Set(follower.roles), follower.resets]).toEqual(['a', 'b', 'c', []]);
    // What the first one said before arrives late, and is passed over. Each counts without a gap.
    const epochs = events.map(({ epoch }) => Number(epoch));
    for (const epoch of new Set(epochs)) {
      const numbers = events.filter((event) => Number(event.epoch) === epoch).map(({ number }) => number);
      for (const [index, number] of numbers.entries()) {
        expect(number - (numbers[index - 1] ?? number)).toBeOneOf([0, 1]);
      }
    }
  });

  test.each(['cut', 'stall'] as const)('nobody is live while the way to the database is gone (%s)', async (fault) => {
    const publisher = await cloud.publisher();
    const follower = await follow();
    await cloud.addRole('a');
    await heard(follower, ['a']);
    publisher.mysql[fault]();
    await expect.poll(() => follower.live(), PATIENCE).toBe(false);
    await cloud.addRole('b');
    await expect.poll(() => follower.why(), PATIENCE).toContain('the change feed: ');
    expect(publisher.readiness()).toMatchObject({ ready: false });
    expect(follower.roles).toEqual(['a']);
    publisher.mysql.mend();
    await heard(follower, ['a', 'b']);
    await lively(follower);
  });

  test('another process tries where one cannot reach the database', async () => {
    const first = await cloud.publisher();
    const follower = await follow();
    const second = await cloud.publisher();
    await cloud.addRole('a');
    await kept();
    first.mysql.cut();
    await cloud.addRole('b');
    await expect.poll(() => second.active()?.trouble(), PATIENCE).toBeNull();
    await heard(follower, ['a', 'b']);
    await lively(follower);
  });

  test('a follower that has missed something forgets everything, then follows again', async () => {
    await cloud.publisher();
    const [follower, other] = [await follow(), await follow()];
    follower.nats.cut();
    await expect.poll(() => follower.live(), PATIENCE).toBe(false);
    await cloud.addRole('a');
    await heard(other, ['a']);
    follower.nats.mend();
    await lively(follower);
    expect(follower.roles).toEqual(['reset']);
    await cloud.addRole('b');
    await heard(follower, ['reset', 'b']);
    await heard(other, ['a', 'b']);
  });

  test('a follower whose messages are held up is not live, whatever arrives late', async () => {
    await cloud.publisher();
    const follower = await follow();
    follower.nats.stall();
    await expect.poll(() => follower.live(), PATIENCE).toBe(false);
    await cloud.addRole('a');
    await delay(300);
    follower.nats.mend();
    const toldFirst = await Promise.race([
      expect
        .poll(() => follower.live(), PATIENCE)
        .toBe(true)
        .then(() => [...follower.roles]),
    ]);
    expect(toldFirst).toContain('a');
  });

  test('who has settled is sure that nobody who is live has not heard', async () => {
    await cloud.publisher();
    const followers = [await follow(), await follow(), await follow()];
    const [writer, hung, lost] = followers as [Follower, Follower, Follower];
    const check = async (id: string) => {
      await cloud.addRole(id);
      await writer.settle();
      for (const follower of followers) expect(follower.roles.includes(id) || !follower.live()).toBe(true);
    };
    for (let count = 0; count < 20; count += 1) await check(`calm-${count}`);
    for (const follower of followers) expect(follower.roles).toHaveLength(20);
    hung.nats.stall();
    for (let count = 0; count < 5; count += 1) await check(`hung-${count}`);
    expect(hung.live()).toBe(false);
    lost.nats.cut();
    for (let count = 0; count < 5; count += 1) await check(`lost-${count}`);
    expect(lost.live()).toBe(false);
    expect(writer.live()).toBe(true);
  });

  test('who cannot ask whether all have heard waits until it is so', async () => {
    const publisher = await cloud.publisher();
    const [writer, other] = [await follow(), await follow()];
    const check = async (id: string) => {
      await cloud.addRole(id);
      await writer.settle();
      expect(other.roles.includes(id) || !other.live()).toBe(true);
    };
    writer.nats.cut();
    await check('writer cut off');
    expect(other.roles).toEqual(['writer cut off']);
    writer.nats.mend();
    publisher.mysql.stall();
    await check('feed blind');
    expect(other.live()).toBe(false);
  });

  test.each([
    ['REPLICATION SLAVE', ['BINLOG MONITOR ON *.*', 'SELECT ON {database}.*']],
    ['BINLOG MONITOR', ['REPLICATION SLAVE ON *.*', 'SELECT ON {database}.*']],
  ])('says that it lacks the grant %s', async (grant, grants) => {
    const publisher = await cloud.publisher(grants);
    const follower = await cloud.follower();
    await expect.poll(() => follower.why(), PATIENCE).toContain(grant);
    expect(publisher.readiness()).toMatchObject({ ready: false, detail: expect.stringContaining(grant) as string });
  });
});
