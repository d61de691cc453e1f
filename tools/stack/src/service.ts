import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NODE, REPOSITORY } from './repository.ts';
import { confFile, keystoneConf, natsUrl } from './keystone-conf.ts';
import { answers200, BARE_ENVIRONMENT, nothingToPrepare, type Context, type Part } from './part.ts';
import type { ServiceName } from './part-names.ts';

/** One of our services, run from the checkout by the Node that the repository pins. */
export function service(name: ServiceName, context: Context): Promise<Part> {
  const { ports } = context.state;
  const main = join(REPOSITORY, 'apps', name, 'src', 'main.ts');
  if (!existsSync(main)) throw new Error(`there is no apps/${name}/src/main.ts to run`);
  return Promise.resolve({
    name,
    folder: join(context.folder, name),
    command: NODE,
    args: ['--disable-warning=ExperimentalWarning', main, ...options(name, context)],
    env: BARE_ENVIRONMENT,
    ports: [ports[name], ports.health[name]],
    files: {},
    reads: [keystoneConf(context)],
    prepare: nothingToPrepare,
    isReady: () => answers200(`http://127.0.0.1:${ports.health[name]}/readyz`),
  });
}

function options(name: ServiceName, context: Context): string[] {
  const { ports } = context.state;
  return [
    ...['--config-file', confFile(context), '--nats-url', natsUrl(context)],
    ...['--bind', `127.0.0.1:${ports[name]}`, '--health-bind', `127.0.0.1:${ports.health[name]}`],
  ];
}
