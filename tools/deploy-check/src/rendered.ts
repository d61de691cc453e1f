import { join } from 'node:path';
import { kustomize } from './kustomize.ts';
import { named, objectsIn } from './objects.ts';
import type { Container, Deployment, KubernetesObject, Pod, Service } from './objects.ts';

export const ROOT = join(import.meta.dirname, '../../..');

/** What a folder of deploy/kustomize gives, and ways to its parts. */
export interface Rendered {
  text: string;
  objects: KubernetesObject[];
  deployments: Map<string, Deployment>;
  services: Map<string, Service>;
  podOf(deployment: string): Pod;
  /** Each pod has one. */
  containerOf(deployment: string): Container;
  /** The number of a container's port, by its name. */
  portOf(deployment: string, port: string): number | undefined;
}

/** @throws where kustomize refuses the folder */
export async function rendered(folder: string): Promise<Rendered> {
  const render = await kustomize();
  const text = await render(join(ROOT, 'deploy/kustomize', folder));
  const objects = objectsIn(text);
  const deployments = named<Deployment>(objects, 'Deployment');
  const podOf = (name: string) => {
    const pod = deployments.get(name)?.spec.template.spec;
    if (!pod) throw new Error(`no deployment ${name}`);
    return pod;
  };
  const containerOf = (name: string) => {
    const [container, ...others] = podOf(name).containers;
    if (!container || others.length > 0) throw new Error(`not one container in ${name}`);
    return container;
  };
  const portOf = (name: string, port: string) =>
    containerOf(name).ports.find((each) => each.name === port)?.containerPort;
  return { text, objects, deployments, services: named(objects, 'Service'), podOf, containerOf, portOf };
}
