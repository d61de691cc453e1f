import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';

export const ROOT = join(import.meta.dirname, '../../..');

const mainOf = (app: string) => join(ROOT, 'apps', app, 'src/main.ts');

/** Every app that can be run. */
export const appNames = (): string[] => readdirSync(join(ROOT, 'apps')).filter((app) => existsSync(mainOf(app)));

/** `@scope/name` of `@scope/name/file.js`. */
const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** Only the workspaces go in: packages bring native code and data files of their own, which a bundle would lose. */
const packagesOutside: Plugin = {
  name: 'packages-outside',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path }) =>
      path.startsWith('@keystone/') ? undefined : { path, external: true },
    );
  },
};

/** To ask where a package is goes well in a bundle: it stands beside `node_modules`. */
const PLACE_OF_PACKAGE = /\bimport\.meta\.resolve\(["']([^"'./][^"']*)["']\)/g;

/** The packages that a bundle imports, or asks for the place of, when it runs. */
function packagesOf({ outputs }: Metafile, text: string): string[] {
  const imported = Object.values(outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  const asked = [...text.matchAll(PLACE_OF_PACKAGE)].map(([, path = '']) => path);
  return [...new Set([...imported, ...asked].filter((path) => !isBuiltin(path)).map(packageOf))].sort();
}

/** @throws where a bundle of this text, which imports these packages, would fail in an image */
export function checkBundle(app: string, packages: readonly string[], text: string): void {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: object };
  const absent = packages.filter((name) => !(name in dependencies));
  if (absent.length > 0) throw new Error(`${app} imports ${absent.join(', ')}, not among the dependencies of an image`);
  // What stands beside a source does not stand beside a bundle.
  if (/\bimport\.meta\b/.test(text.replaceAll(PLACE_OF_PACKAGE, '')))
    throw new Error(`${app} asks where its source is (import.meta), which is nowhere in an image`);
}

/**
 * Writes an app and all the workspaces that it uses into one ES module, which runs beside the production `node_modules`.
 *
 * @param app a folder of `apps/`
 * @returns the packages of npm that it imports
 * @throws where there is no such app, or where it would not run in an image
 */
export async function bundle(app: string, outfile: string): Promise<string[]> {
  if (!appNames().includes(app)) throw new Error(`there is no app ${app}, only ${appNames().join(', ')}`);
  // Neither minified nor with names kept: a thread may be made of the text of a function.
  const { metafile, outputFiles } = await build({
    entryPoints: [mainOf(app)],
    outfile,
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node26',
    plugins: [packagesOutside],
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  const text = outputFiles.map((file) => file.text).join('');
  const packages = packagesOf(metafile, text);
  checkBundle(app, packages, text);
  mkdirSync(dirname(outfile), { recursive: true });
  writeFileSync(outfile, text);
  return packages;
}
