import { bool, int, str } from '../option.ts';

// oslo_db/options.py. Times are seconds.
export const database = {
  asyncio_connection: str(null, { secret: true }),
  asyncio_slave_connection: str(null, { secret: true }),
  backend: str('sqlalchemy'),
  connection: str(null, { secret: true }),
  connection_debug: int(0, { min: 0, max: 100 }),
  connection_parameters: str(''),
  connection_recycle_time: int(3600),
  connection_trace: bool(false),
  db_inc_retry_interval: bool(true),
  db_max_retries: int(20),
  db_max_retry_interval: int(10),
  db_retry_interval: int(1),
  max_overflow: int(50),
  max_pool_size: int(5),
  max_retries: int(10),
  mysql_sql_mode: str('TRADITIONAL'),
  mysql_wsrep_sync_wait: int(null),
  pool_timeout: int(null),
  retry_interval: int(10),
  slave_connection: str(null, { secret: true }),
  sqlite_synchronous: bool(true),
  synchronous_reader: bool(true),
  use_db_reconnect: bool(false),
};
