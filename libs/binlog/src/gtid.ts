import { bytes } from './bytes.ts';
import type { BinlogEvent } from './event.ts';

const STANDALONE = 1;

/** MariaDB's `domain-server-sequence`, and whether the one statement that follows is all of the transaction. */
export function mariadbGtid({ body, server }: BinlogEvent): { gtid: string; standalone: boolean } {
  const fields = bytes(body);
  const sequence = fields.u64();
  const domain = fields.u32();
  return { gtid: `${domain}-${server}-${sequence}`, standalone: (fields.u8() & STANDALONE) !== 0 };
}

/** MySQL's `uuid:number`. */
export function mysqlGtid({ body }: BinlogEvent): string {
  const fields = bytes(body, 1);
  const hex = fields.take(16).toString('hex');
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return `${uuid}:${fields.u64()}`;
}

/**
 * Whether a set as MySQL writes it (`uuid:1-5:7,uuid:3`) holds one transaction.
 * Tagged intervals (`uuid:tag:1-5`) are of transactions that are not followed.
 */
export function gtidSetHolds(set: string, gtid: string): boolean {
  const [uuid = '', number = ''] = gtid.split(':');
  const wanted = BigInt(number);
  return set.split(',').some((part) => {
    const [owner, ...intervals] = part.trim().split(':');
    if (owner?.toLowerCase() !== uuid) return false;
    const tag = intervals.findIndex((interval) => !/^\d/.test(interval));
    return intervals.slice(0, tag < 0 ? undefined : tag).some((interval) => {
      const [from = '', to = from] = interval.split('-');
      return BigInt(from) <= wanted && wanted <= BigInt(to);
    });
  });
}
