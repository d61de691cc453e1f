import { join } from 'node:path';
import { installPython } from './install.ts';
import { confFile, keystoneConf } from './keystone-conf.ts';
import { answers200, BARE_ENVIRONMENT, nothingToPrepare, type Context, type Part } from './part.ts';

/** As many as the machines have cores that this is tried on. */
const PROCESSES = 2;

/** Python Keystone under uWSGI. */
export async function python(context: Context): Promise<Part> {
  const { uwsgi } = await installPython();
  const port = context.state.ports.python;
  return {
    name: 'python',
    folder: join(context.folder, 'python'),
    command: uwsgi,
    args: uwsgiOptions(port),
    env: { ...BARE_ENVIRONMENT, OS_KEYSTONE_CONFIG_FILES: confFile(context) },
    ports: [port],
    files: {},
    reads: [keystoneConf(context)],
    prepare: nothingToPrepare,
    isReady: () => answers200(`http://127.0.0.1:${port}/v3`),
  };
}

function uwsgiOptions(port: number): string[] {
  return [
    ...['--http-socket', `127.0.0.1:${port}`, '--module', 'keystone.wsgi.api:application', '--need-app'],
    ...['--master', '--die-on-term', '--no-orphans'],
    // Each worker loads Keystone itself: its database connections do not survive a fork.
    ...['--processes', String(PROCESSES), '--lazy-apps', '--enable-threads', '--thunder-lock'],
    // It closes each connection without saying so, which a proxy that kept it open would take for a failure.
    ...['--add-header', 'Connection: close'],
    ...['--listen', '100', '--buffer-size', '65535', '--disable-logging'],
  ];
}
