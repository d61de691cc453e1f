import { ConfigError, findConfigDirs, findConfigFiles, parseArguments, type ConfigSources } from '@keystone/config';
import { KeyRepositoryError } from '@keystone/keys';
import type { Module } from '@keystone/module';
import { PolicyFileError } from '@keystone/policy';
import type { ServeOptions } from './assemble.ts';
import { serve, type Service } from './serve.ts';
import { StartError } from './start-error.ts';

/**
 * Where a service's configuration is, by its command line: oslo.config's places where it names none.
 * @throws ConfigError for a flag that is wrong
 */
export function configSources(argv: readonly string[]): ConfigSources {
  const { sources, overrides } = parseArguments(argv);
  const found = { files: findConfigFiles(process.env), dirs: findConfigDirs(process.env) };
  return { ...(sources.length > 0 ? { sources } : found), env: process.env, overrides };
}

/**
 * SIGHUP reads the configuration again; where that fails, all is as it was. SIGTERM drains after `[kts] drain_notice`,
 * SIGINT (somebody at a terminal) at once; another of the same ends the process there and then.
 */
export function handleSignals(service: Service): void {
  const { log, config } = service;
  process.on('SIGHUP', () => {
    try {
      service.reload();
    } catch (error) {
      log.error('the configuration cannot be read again; the old one holds', { error });
    }
  });
  const stop = (notice: number) => {
    log.info('draining', { notice });
    service.close(notice).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('not closed cleanly', { error });
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', () => stop(config.current().kts.drain_notice * 1000));
  process.once('SIGINT', () => stop(0));
  // Node's own last words would be neither JSON nor masked.
  process.on('uncaughtException', (error) => {
    log.error('crashed', { error });
    process.exit(1);
  });
}

const KNOWN = [ConfigError, StartError, PolicyFileError, KeyRepositoryError];

/** What only the operator can mend: those above, and what the operating system refuses. */
const isTrouble = (error: unknown): error is Error =>
  KNOWN.some((kind) => error instanceof kind) || (error instanceof Error && 'syscall' in error);

/** Leaves with 1, having said what is wrong; anything unexpected is a bug and shows its stack. */
export function failStart(error: unknown): never {
  process.stderr.write(`${isTrouble(error) ? error.message : ((error as Error).stack ?? String(error))}\n`);
  process.exit(1);
}

/** The whole of a service's `main.ts`: serves by the command line, or by the options given, until a signal ends it. */
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
