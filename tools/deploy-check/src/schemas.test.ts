import { expect, test } from 'vitest';
import { RELEASES, schemas } from './schemas.ts';

const budget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'token' } };

test.each(RELEASES)('what Kubernetes %s does not know or cannot take is an error that says where', async (release) => {
  const check = await schemas(release);
  expect(check({ ...budget, spec: { maxUnavailable: 1 } } as never)).toEqual([]);
  expect(check({ ...budget, spec: { maxUnavailible: 1 } } as never)).toEqual([
    expect.stringMatching(/^PodDisruptionBudget token\/spec: .*maxUnavailible/),
  ]);
  expect(check({ ...budget, spec: { maxUnavailable: [] } } as never)).not.toEqual([]);
  expect(check({ ...budget, apiVersion: 'policy/v1beta1' })).toEqual([
    `Kubernetes ${release} has no policy/v1beta1 PodDisruptionBudget`,
  ]);
});
