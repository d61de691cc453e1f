import { ConfigError, findConfigDirs, findConfigFiles, parseArguments, type ConfigSources } from '@keystone/config';
import type { Module } from '@keystone/module';
import { serve, type ServeOptions, type Service } from './serve.ts';

/** Where a service's configuration is, by its command line: oslo.config's places where it names none. */
export function configSources(argv: readonly string[]): ConfigSources {
  const { sources, overrides } = parseArguments(argv);
  const found = { files: findConfigFiles(process.env), dirs: findConfigDirs(process.env) };
  return { ...(sources.length > 0 ? { sources } : found), env: process.env, overrides };
}

/** SIGHUP reads the configuration again, SIGTERM and SIGINT drain. A failed reload leaves all as it was. */
export function handleSignals(service: Service): void {
  process.on('SIGHUP', () => {
    try {
      service.reload();
    } catch (error) {
      service.log.error('the configuration cannot be read again; the old one holds', { error });
    }
  });
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    service.log.info('draining');
    void service.close().then(
      () => process.exit(0),
      (error: unknown) => {
        service.log.error('not closed cleanly', { error });
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/** Prints what is wrong with the configuration and leaves with 1; anything else is a bug and shows its stack. */
export function failStart(error: unknown): never {
  process.stderr.write(`${error instanceof ConfigError ? error.message : ((error as Error).stack ?? String(error))}\n`);
  process.exit(1);
}

/** The whole of a service's `main.ts`. */
export async function run(modules: readonly Module[], options: Partial<ServeOptions> = {}): Promise<Service> {
  try {
    const sources = options.sources ?? configSources(process.argv.slice(2));
    const service = await serve(modules, { ...options, sources });
    handleSignals(service);
    return service;
  } catch (error) {
    return failStart(error);
  }
}
