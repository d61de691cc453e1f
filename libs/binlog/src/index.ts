export { openBinlog, type Binlog, type BinlogOptions, type Place } from './binlog.ts';
export { BinlogError, type BinlogTrouble } from './binlog-error.ts';
export type { ServerAddress } from './connection.ts';
export { hasReached, printPosition, type Position } from './position.ts';
export type { Glance } from './server.ts';
export type { Transaction } from './transaction.ts';
export type { Scalar } from './value.ts';
export type { Row, RowChange, WatchedTable, WatchedTables } from './watched.ts';
