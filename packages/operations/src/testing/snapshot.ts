import { flowChartValues } from '@flow/core/configuration';
import type { ConfigurationSnapshot } from '@flow/core/deployment';
import { z } from 'zod';
import { testStrategy } from './world.ts';

interface HealthyIn {
  tenantId: string;
  serviceId: string;
  environmentId: string;
  artifactId: string;
  olderArtifactId: string;
  targetId: string;
}

/** A digest that is told from others by its letter. */
export const digestOf = (letter: string): string => `sha256:${letter.repeat(64)}`;

/** What a deployment to one target was healthy with: the older artifact with two pods, the newer one with three. */
export function aSnapshot({ tenantId, serviceId, environmentId, artifactId, olderArtifactId, targetId }: HealthyIn): ConfigurationSnapshot {
  const isOlder = artifactId === olderArtifactId;
  const image = { repository: 'registry.test/checkout', digest: digestOf(isOlder ? 'a' : 'b') };
  const mark = { tenant: tenantId, service: serviceId, environment: environmentId, deployment: 'd' };
  const values = flowChartValues({ layers: [{ replicas: isOlder ? 2 : 3 }], mark, image, strategy: testStrategy });
  return {
    image,
    chart: { kind: 'flow', name: 'service', version: '1.0.0', digest: digestOf('9') },
    commitSha: 'c'.repeat(40),
    values: { [targetId]: z.record(z.string(), z.json()).parse(values) },
  };
}
