import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, getCACertificates, type ConnectionOptions } from 'node:tls';
import type { ServerPlan, TlsFiles } from './plan.ts';
import { binaryProtocol, textProtocol, type Reply } from './protocol.ts';

/** One connection to a memcached. */
export interface Connection {
  /** Rejects where a key may be there still. */
  remove(keys: readonly string[]): Promise<void>;
  isOpen(): boolean;
  /** What waits for an answer is rejected with the reason. */
  close(reason: Error): void;
}

// OpenSSL's list, and Python's `set_ciphers`, leave these alone; Node takes a list without them for a refusal of TLS 1.3.
const TLS13 = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256';

/** As Python's `ssl.create_default_context`: the system's authorities unless others are named, the host name checked. */
const tlsOptions = ({ ca, cert, key, ciphers }: TlsFiles): ConnectionOptions => ({
  ca: ca ? readFileSync(ca) : getCACertificates('system'),
  ...(cert && { cert: readFileSync(cert) }),
  ...(cert && key && { key: readFileSync(key) }),
  ...(ciphers && { ciphers: `${ciphers}:${TLS13}` }),
});

function dial({ address, tls }: ServerPlan): Socket {
  return tls ? connectTls({ ...address, ...tlsOptions(tls) }) : connect(address);
}

interface Waiting {
  answered(reply: Reply): void;
  failed(reason: Error): void;
}

/** Who waits for an answer, in the order in which the answers come. */
function exchange(socket: Socket, read: (chunk: Buffer) => Reply[]) {
  const waiting: Waiting[] = [];
  let reason: Error | undefined;
  const close = (why: Error): void => {
    reason ??= why;
    socket.destroy();
    for (const { failed } of waiting.splice(0)) failed(reason);
  };
  socket.on('error', close);
  socket.on('close', () => close(new Error('it closed the connection')));
  socket.on('data', (chunk: Buffer) => {
    try {
      for (const reply of read(chunk)) waiting.shift()?.answered(reply);
    } catch (error) {
      close(error as Error);
    }
  });
  const ask = (request: Buffer, asker: Waiting): void => {
    if (reason) return asker.failed(reason);
    waiting.push(asker);
    socket.write(request);
  };
  return { ask, close, isOpen: () => reason === undefined };
}

/**
 * Dials at once and lets requests wait for it. The socket keeps no process alive; whoever waits must.
 * @throws where a file for TLS cannot be read
 */
export function openConnection(plan: ServerPlan): Connection {
  const protocol = plan.protocol === 'text' ? textProtocol : binaryProtocol;
  const socket = dial(plan).setNoDelay(true).unref();
  const { ask, close, isOpen } = exchange(socket, protocol.reader());
  const { sasl } = plan;
  if (sasl) {
    const answered = (reply: Reply) => void (reply.done || close(new Error(reply.why)));
    ask(protocol.login(sasl.username, sasl.password), { answered, failed: () => undefined });
  }
  const remove = (key: string) =>
    new Promise<void>((resolve, reject) => {
      const answered = (reply: Reply) => (reply.done ? resolve() : reject(new Error(reply.why)));
      ask(protocol.remove(key), { answered, failed: reject });
    });
  return { remove: async (keys) => void (await Promise.all(keys.map(remove))), isOpen, close };
}
