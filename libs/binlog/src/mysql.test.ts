import { zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { EVENT, parseEvent } from './event.ts';
import { gtidSetHolds } from './gtid.ts';
import { assembler } from './transaction.ts';

// No MySQL server was at hand: its events are written here as its documentation of the replication protocol has them.

const u16 = (value: number) => [value & 255, value >> 8];
const u32 = (value: number) => [...u16(value & 0xffff), ...u16(value >>> 16)];
const text = (value: string) => [...Buffer.from(value)];
const short = (value: string) => [value.length, ...text(value)];

const event = (type: number, body: number[], flags = 0): Buffer =>
  Buffer.from([...u32(0), type, ...u32(1), ...u32(19 + body.length), ...u32(4711), ...u16(flags), ...body]);

const UUID = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
const gtid = event(EVENT.gtid, [0, ...Buffer.from(UUID.replaceAll('-', ''), 'hex'), 23, 0, 0, 0, 0, 0, 0, 0, 2]);
const query = (statement: string, database = 'keystone') =>
  event(EVENT.query, [
    ...u32(9),
    ...u32(0),
    database.length,
    ...u16(0),
    ...u16(2),
    0,
    0,
    ...text(database),
    0,
    ...text(statement),
  ]);
/** id varchar(64), kind enum('a','b'), wide char(255) of four bytes a character, n int. */
const tableMap = event(EVENT.tableMap, [
  ...[108, 0, 0, 0, 0, 0, ...u16(1)],
  ...[...short('keystone'), 0, ...short('user'), 0],
  ...[4, 15, 254, 254, 3],
  ...[6, ...u16(256), 247, 1, 0xce, 0xfc],
  0b1110,
]);
const rows = (type: number, ...content: number[]) =>
  event(type, [108, 0, 0, 0, 0, 0, ...u16(1), ...u16(5), 0, 1, 2, 4, ...content]);
const xid = event(EVENT.xid, [1, 0, 0, 0, 0, 0, 0, 0]);

const row = (id: string, kind: number, n: number) => [
  0b0000,
  ...u16(id.length),
  ...text(id),
  kind,
  ...u16(2),
  ...text('ww'),
  ...u32(n),
];

const catalogue = new Map([
  [
    'user',
    [
      { name: 'id', labels: [] },
      { name: 'kind', labels: ['a', 'b'] },
      { name: 'wide', labels: [] },
      { name: 'n', labels: [] },
    ],
  ],
]);

function told(...events: Buffer[]) {
  const { take } = assembler('keystone', { user: { columns: ['id', 'kind', 'n'] } }, catalogue);
  const at = { file: 'binlog.000001', offset: 4 };
  return events.flatMap((raw) => take(parseEvent(raw, false), { begin: at, end: at }) ?? []);
}

const inserted = rows(EVENT.writeRows, 0b1111, ...row('u1', 1, -2));
const updated = rows(
  EVENT.updateRows,
  0b1111,
  0b1111,
  ...row('u1', 1, 1),
  ...[0b0010, ...u16(2), ...text('u1'), ...u16(0), ...u32(7)],
);

const expected = [
  { table: 'user', before: null, after: { id: 'u1', kind: 'a', n: -2 } },
  { table: 'user', before: { id: 'u1', kind: 'a', n: 1 }, after: { id: 'u1', kind: null, n: 7 } },
];

test('a transaction of MySQL’s is put together from its events', () => {
  expect(told(gtid, query('BEGIN'), tableMap, inserted, updated, xid)).toMatchObject([
    { gtid: `${UUID}:23`, changes: expected, reset: null },
  ]);
});

test.each([
  ['zstd', 0, (events: Buffer) => zstdCompressSync(events)],
  ['nothing', 255, (events: Buffer) => events],
])('one that is packed with %s too', (_name, algorithm, pack) => {
  const inner = Buffer.concat([query('BEGIN'), tableMap, inserted, updated, xid]);
  const packed = [...pack(inner)];
  const size = [0xfc, ...u16(packed.length)];
  const kind = algorithm > 250 ? [0xfc, ...u16(algorithm)] : [algorithm];
  const payload = [2, kind.length, ...kind, 1, size.length, ...size, 0, ...packed];
  expect(told(gtid, event(EVENT.transactionPayload, payload))).toMatchObject([
    { gtid: `${UUID}:23`, changes: expected },
  ]);
});

test('a statement is all of its transaction', () => {
  expect(told(gtid, query('ALTER TABLE user ADD x int'))).toMatchObject([{ reset: 'ALTER TABLE', changes: [] }]);
  expect(told(gtid, query('DROP TABLE t', 'other'))).toMatchObject([{ reset: null, changes: [] }]);
  expect(told(gtid, query('DROP TABLE `keystone`.`user`', 'other'))).toMatchObject([{ reset: 'DROP TABLE' }]);
});

test('rows that were logged in part, and a hole in the log, may be anything', () => {
  expect(told(gtid, query('BEGIN'), event(EVENT.partialUpdateRows, []), xid)).toMatchObject([{ changes: [] }]);
  expect(told(gtid, query('BEGIN'), event(EVENT.partialUpdateRows, []), xid)[0]?.reset).toContain('in part');
  expect(told(event(EVENT.incident, [1, 0]))[0]?.reset).toContain('hole');
});

test('a transaction in two phases counts when it is committed', () => {
  const prepared = told(gtid, query('XA START 1'), tableMap, inserted, query('XA END 1'), event(EVENT.xaPrepare, [0]));
  expect(prepared).toMatchObject([{ changes: [], reset: null }]);
  expect(told(gtid, query('XA COMMIT 1'))).toMatchObject([{ reset: 'XA COMMIT' }]);
  expect(told(gtid, query('XA START 1'), tableMap, inserted, event(EVENT.xaPrepare, [1]))[0]?.changes).toHaveLength(1);
});

test('what may be passed over is, and what is not known is not', () => {
  expect(told(event(200, [], 0x80), event(EVENT.rowsQuery, text('SELECT')))).toEqual([]);
  expect(() => told(event(42, []))).toThrow('type 42');
});

test.each([
  [`${UUID}:1-22:24`, false],
  [`${UUID}:1-23`, true],
  [`${UUID.toUpperCase()}:1:23:40-50`, true],
  [`00000000-0000-0000-0000-000000000001:1-100,${UUID}:20-30`, true],
  [`00000000-0000-0000-0000-000000000001:1-100`, false],
  [`${UUID}:1-5:tag:1-100`, false],
  ['', false],
])('whether %j holds the 23rd: %s', (set, held) => {
  expect(gtidSetHolds(set, `${UUID}:23`)).toBe(held);
});
