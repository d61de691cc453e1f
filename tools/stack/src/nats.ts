import { join } from 'node:path';
import { installServers } from './install.ts';
import { answers200, BARE_ENVIRONMENT, nothingToPrepare, type Context, type Part } from './part.ts';

/** NATS with JetStream, whose streams are kept in its folder. */
export async function nats({ folder: stackFolder, state }: Context): Promise<Part> {
  const program = (await installServers(['nats-server']))['nats-server'];
  const folder = join(stackFolder, 'nats');
  const { nats: port, natsMonitor } = state.ports;
  return {
    name: 'nats',
    folder,
    command: program,
    args: ['--config', join(folder, 'nats.conf')],
    env: BARE_ENVIRONMENT,
    ports: [port, natsMonitor],
    files: { 'nats.conf': configuration(folder, state.ports) },
    reads: [],
    prepare: nothingToPrepare,
    isReady: () => answers200(`http://127.0.0.1:${natsMonitor}/healthz`),
  };
}

function configuration(folder: string, ports: { nats: number; natsMonitor: number }): string {
  return [
    `server_name: stack`,
    `listen: "127.0.0.1:${ports.nats}"`,
    `http: "127.0.0.1:${ports.natsMonitor}"`,
    `jetstream { store_dir: ${JSON.stringify(folder)} }`,
    '',
  ].join('\n');
}
