import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { KubernetesObject } from './objects.ts';
import { cached, unpack } from './install.ts';

const PACKAGE = 'kubernetes-validate==1.37.0';

/** The oldest release that the manifests are for (`preStop.sleep` came with it), and the newest that has schemas. */
export const RELEASES = ['1.30', '1.37'] as const;

/** What is wrong with an object, in a line each. */
export type Check = (object: KubernetesObject) => string[];

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as object;

/** `deployment-apps-v1` of an apps/v1 Deployment; of a group only its first word counts. */
function nameOf({ apiVersion, kind }: KubernetesObject): string {
  const [group = '', version] = apiVersion.split('/');
  return [kind.toLowerCase(), ...(version ? [group.split('.')[0], version] : [group])].join('-');
}

/** The schemas of a release of Kubernetes, with which a field that it does not know is an error; so is an unknown kind. */
export async function schemas(release: (typeof RELEASES)[number]): Promise<Check> {
  const folder = await cached('kubernetes-schemas-1.37.0', (unfinished) => unpack(PACKAGE, unfinished));
  const files = join(folder, 'kubernetes_validate/kubernetes-json-schema', `v${release}.0-local-strict`);
  // int32 and its like are formats of their own, x-kubernetes-… are keywords.
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(read(join(files, '_definitions.json')));
  return (object) => {
    const name = nameOf(object);
    const file = join(files, `${name}.json`);
    if (!existsSync(file)) return [`Kubernetes ${release} has no ${object.apiVersion} ${object.kind}`];
    const validate = ajv.getSchema(name) ?? ajv.addSchema(read(file), name).getSchema(name);
    if (validate?.(object) === true) return [];
    const where = `${object.kind} ${object.metadata.name}`;
    return (validate?.errors ?? []).map(
      ({ instancePath, message, params }) => `${where}${instancePath}: ${message} ${JSON.stringify(params)}`,
    );
  };
}
