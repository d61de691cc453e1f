import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onLoopback } from './envoy-config.ts';
import { installServers } from './install.ts';
import { answers200, BARE_ENVIRONMENT, nothingToPrepare, type Context, type Part } from './part.ts';

/** Envoy before everything else. It is ready when the first round of its health checks is over. */
export async function envoy({ folder: stackFolder, state }: Context): Promise<Part> {
  const { envoyConfig, ports } = state;
  if (!existsSync(envoyConfig)) throw new Error(`${envoyConfig} is missing: npm run generate makes it`);
  const program = (await installServers(['envoy'])).envoy;
  const folder = join(stackFolder, 'envoy');
  // JSON, since Envoy reads YAML 1.1, where a cluster called `n` is the value false.
  const text = `${JSON.stringify(onLoopback(readFileSync(envoyConfig, 'utf8'), ports), null, 2)}\n`;
  return {
    name: 'envoy',
    folder,
    command: program,
    // Hot restart would share memory with every other Envoy of the machine.
    args: ['--config-path', join(folder, 'envoy.json'), '--disable-hot-restart', '--log-level', 'warning'],
    env: BARE_ENVIRONMENT,
    ports: [ports.envoy, ports.envoyAdmin],
    files: { 'envoy.json': text },
    reads: [],
    prepare: nothingToPrepare,
    isReady: () => answers200(`http://127.0.0.1:${ports.envoyAdmin}/ready`),
  };
}
