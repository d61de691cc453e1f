import { parseAllDocuments } from 'yaml';

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
}

interface Probe {
  httpGet: { path: string; port: string };
}

export interface Container {
  name: string;
  image: string;
  args: string[];
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[];
  ports: { name: string; containerPort: number }[];
  startupProbe?: Probe;
  livenessProbe: Probe;
  readinessProbe: Probe;
  lifecycle: { preStop: { sleep: { seconds: number } } };
  resources: { requests: { cpu: string; memory: string }; limits: { memory: string } };
  securityContext: object;
  volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
}

export interface Pod {
  terminationGracePeriodSeconds: number;
  securityContext: { runAsUser: number; runAsGroup: number; fsGroup?: number };
  containers: Container[];
  volumes: { name: string; secret?: { secretName: string; defaultMode?: number }; configMap?: { name: string } }[];
}

type Labels = Record<string, string>;

export interface Deployment extends KubernetesObject {
  spec: {
    replicas: number;
    selector: { matchLabels: Labels };
    template: { metadata: { labels: Labels }; spec: Pod };
  };
}

export interface Service extends KubernetesObject {
  spec: {
    type?: string;
    clusterIP?: string;
    selector?: Labels;
    ports?: { name: string; port: number; targetPort: string }[];
  };
}

export interface ConfigMap extends KubernetesObject {
  data: Record<string, string>;
}

/** The objects in a text of YAML documents. @throws where it is no YAML */
export function objectsIn(text: string): KubernetesObject[] {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJS() as KubernetesObject;
  });
}

/** By name, the objects of one kind. */
export function named<T extends KubernetesObject>(objects: readonly KubernetesObject[], kind: string): Map<string, T> {
  const found = objects.filter((object) => object.kind === kind);
  return new Map(found.map((object) => [object.metadata.name, object as T]));
}
