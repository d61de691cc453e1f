import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig, parseArguments } from '@keystone/config';
import { installServers, SERVICES } from '@keystone/stack-tool';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { EnvoyConfig } from './envoy-config.ts';
import { run } from './install.ts';
import { named, type ConfigMap } from './objects.ts';
import { rendered, ROOT, type Rendered } from './rendered.ts';
import { RELEASES, schemas } from './schemas.ts';

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const ALL = [...SERVICES, 'envoy'];

describe.each(['base', 'overlays/example'])('deploy/kustomize/%s', (folder) => {
  let all: Rendered;
  // To build kustomize takes its minutes, once a machine.
  beforeAll(async () => {
    all = await rendered(folder);
  }, 900_000);

  test.each(RELEASES)('every object keeps to the schema of Kubernetes %s', async (release) => {
    const check = await schemas(release);
    expect(all.objects.length).toBeGreaterThan(2 * ALL.length);
    expect(all.objects.flatMap(check)).toEqual([]);
  });

  test('each of our services, and Envoy, is a deployment with a service that finds its pods', () => {
    expect([...all.deployments.keys()].sort()).toEqual([...ALL].sort());
    for (const [name, { spec }] of all.deployments) {
      const service = all.services.get(name)?.spec;
      expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
      expect(service?.selector).toEqual(spec.selector.matchLabels);
      expect(service?.ports).not.toEqual([]);
      for (const { port, targetPort } of service?.ports ?? []) expect(all.portOf(name, targetPort)).toBe(port);
    }
  });

  test.each(ALL)('what the pod of %s mounts and probes is in it, and is not written to', (name) => {
    const { startupProbe, livenessProbe, readinessProbe, volumeMounts, ports } = all.containerOf(name);
    const volumes = all.podOf(name).volumes.map((volume) => volume.name);
    expect(volumeMounts.map((mount) => mount.name).sort()).toEqual(volumes.sort());
    expect(volumeMounts.filter(({ readOnly }) => !readOnly)).toEqual([]);
    for (const probe of [startupProbe ?? livenessProbe, livenessProbe, readinessProbe])
      expect(ports.map((port) => port.name)).toContain(probe.httpGet.port);
  });

  test('no secret is in it, and every Secret that it wants is in the README', () => {
    expect(named(all.objects, 'Secret').size).toBe(0);
    expect(all.text).not.toMatch(/:\/\/[^\s/@]+@|PRIVATE KEY/);
    const env = ALL.flatMap((name) => all.containerOf(name).env ?? []);
    expect(env.filter(({ name, value }) => value && /URL|PASSWORD|TOKEN|CONNECTION/.test(name))).toEqual([]);
    const mounted = ALL.flatMap((name) => all.podOf(name).volumes.map(({ secret }) => secret?.secretName));
    const wanted = [...mounted, ...env.map(({ valueFrom }) => valueFrom?.secretKeyRef.name)].filter((name) => name);
    expect(wanted).toEqual(expect.arrayContaining(['keystone-conf', 'keystone-nats', 'keystone-fernet-keys']));
    for (const name of wanted) expect(read('deploy/README.md')).toContain(`\`${name}\``);
  });

  test.each(ALL)('%s does not run as root, write where its image is, or take memory without end', (name) => {
    const { securityContext, resources } = all.containerOf(name);
    expect(all.podOf(name)).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(all.podOf(name).securityContext.runAsUser).toBeGreaterThan(0);
    expect(securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    const amount = expect.stringMatching(/^\d+(m|Mi)$/);
    expect(resources).toEqual({ requests: { cpu: amount, memory: amount }, limits: { memory: amount } });
  });

  test.each(SERVICES)('the Secrets of %s can be read by the group that it runs as, and by nobody else', (name) => {
    const { securityContext, volumes } = all.podOf(name);
    expect(securityContext.fsGroup).toBe(securityContext.runAsGroup);
    expect(volumes.map(({ secret }) => secret?.defaultMode)).toEqual(volumes.map(() => 0o440));
  });

  test.each(SERVICES)('flags and variables of %s are ones that it reads, its addresses are its ports', (name) => {
    const { args, env = [], volumeMounts } = all.containerOf(name);
    const given = parseArguments(args);
    const values = env.map((each) => [each.name, each.value ?? 'tls://nats:4222'] as const);
    const { kts } = loadConfig({ overrides: given.overrides, env: Object.fromEntries(values) });
    const conf = volumeMounts.find((mount) => mount.name === 'conf')?.mountPath;
    expect(given.configFiles).toEqual([`${conf}/keystone.conf`]);
    expect(kts).toMatchObject({
      bind: `0.0.0.0:${all.portOf(name, 'api')}`,
      health_bind: `0.0.0.0:${all.portOf(name, 'health')}`,
      nats_url: 'tls://nats:4222',
      nats_tls_ca: `${volumeMounts.find((mount) => mount.name === 'nats')?.mountPath}/ca.crt`,
    });
  });

  test('key repositories are where keystone.conf has them unless it says otherwise', () => {
    const { fernet_tokens, fernet_receipts, credential } = loadConfig({});
    const mounted = (name: string) => all.containerOf(name).volumeMounts.map(({ mountPath }) => join(mountPath, '/'));
    const ofTokens = [fernet_tokens.key_repository, fernet_receipts.key_repository];
    expect(mounted('token')).toEqual(expect.arrayContaining(ofTokens));
    expect(mounted('identity')).toContain(credential.key_repository);
  });

  test.each(SERVICES)('a pod of %s has time for its preStop and for all that it waits for as it drains', (name) => {
    const { drain_notice, drain_timeout } = loadConfig({}).kts;
    const { seconds } = all.containerOf(name).lifecycle.preStop.sleep;
    expect(all.podOf(name).terminationGracePeriodSeconds).toBeGreaterThan(seconds + drain_notice + 3 * drain_timeout);
  });

  test('tokens are validated by two pods at least, of which no eviction takes both', () => {
    const token = all.deployments.get('token')?.spec;
    expect(token?.replicas).toBeGreaterThanOrEqual(2);
    const budget = named(all.objects, 'PodDisruptionBudget').get('token');
    expect(budget).toMatchObject({ spec: { maxUnavailable: 1, selector: token?.selector } });
  });

  test('Envoy gets the envoy.yaml of the operations', () => {
    const [map] = [...named<ConfigMap>(all.objects, 'ConfigMap').values()];
    const same = map?.data['envoy.yaml'] === read('envoy.yaml');
    expect(same, 'to be done: cp envoy.yaml deploy/kustomize/base/').toBe(true);
    expect(all.podOf('envoy').volumes).toMatchObject([{ configMap: { name: map?.metadata.name } }]);
  });

  test('Envoy finds each service by its name, at its port, and asks for its health as the probe does', () => {
    const { admin, static_resources } = parse(read('envoy.yaml')) as EnvoyConfig;
    expect(admin.address.socket_address.port_value).toBe(all.portOf('envoy', 'admin'));
    expect(static_resources.listeners[0]?.address.socket_address.port_value).toBe(all.portOf('envoy', 'api'));
    const clusters = static_resources.clusters.filter(({ load_assignment }) => load_assignment);
    expect(clusters.map(({ name }) => name).sort()).toEqual([...SERVICES, 'python'].sort());
    expect(all.services.get('python')?.spec.type).toBe('ExternalName');
    for (const { name, load_assignment, health_checks } of clusters.filter((each) => each.name !== 'python')) {
      const [endpoint] = load_assignment?.endpoints.flatMap(({ lb_endpoints }) => lb_endpoints) ?? [];
      const { path, port } = all.containerOf(name).readinessProbe.httpGet;
      // Without an address of its own a Service's name means its pods, each at the port that its container has.
      expect(all.services.get(name)?.spec.clusterIP).toBe('None');
      expect(endpoint?.endpoint).toMatchObject({
        address: { socket_address: { address: name, port_value: all.portOf(name, 'api') } },
        health_check_config: { port_value: all.portOf(name, port) },
      });
      expect(health_checks?.map((check) => check.http_health_check.path)).toEqual([path]);
    }
  });

  test('Envoy takes its flags and its file, and is the one of Compose', async () => {
    const { image, args } = all.containerOf('envoy');
    const compose = parse(read('docker-compose.yml')) as { services: Record<string, { image?: string }> };
    expect(image).toBe(compose.services.envoy?.image);
    const { envoy } = await installServers(['envoy']);
    const file = join(ROOT, 'deploy/kustomize/base/envoy.yaml');
    const flags = args.map((arg) => arg.replace('/etc/envoy/envoy.yaml', file));
    expect(flags).toContain(file);
    expect(await run(envoy, [...flags, '--mode', 'validate'])).toContain('OK');
  });
});
