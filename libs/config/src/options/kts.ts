import { choice, float, int, str } from '../option.ts';

// Our own section: Python Keystone leaves a section it does not know alone.
export const kts = {
  /** HOST:PORT of the Identity API. */
  bind: str('127.0.0.1:5000'),
  /** HOST:PORT of /healthz, /readyz and /metrics. */
  health_bind: str('127.0.0.1:5001'),
  /** Where the embedded Keystone keeps its database, keys and clouds.yaml. */
  data_dir: str(null),
  // A NATS URL may carry a user and a password.
  nats_url: str(null, { secret: true }),
  nats_tls_ca: str(null),
  nats_tls_cert: str(null),
  nats_tls_key: str(null),
  nats_name: str('keystone'),
  /** Seconds that another subsystem has to answer a question. */
  question_timeout: float(2, { min: 0 }),
  /** Seconds between telling of the end, after SIGTERM, and taking no new connections: what a proxy needs to notice. */
  drain_notice: float(2, { min: 0 }),
  /** Seconds that requests under way then have to end. */
  drain_timeout: float(10, { min: 0 }),
  /** Threads that hash passwords; as many as processors where it is not set. */
  hash_threads: int(null, { min: 1 }),
  /** Passwords that may wait to be hashed; 32 for each thread where it is not set. */
  hash_queue: int(null, { min: 0 }),
  /** Mebibytes that remembered tokens may take in a process of the token service. */
  memory_mib: int(256, { min: 0 }),
  log_level: choice('info', ['debug', 'info', 'warning', 'error']),
};
