import { expect, test } from 'vitest';
import { factsFromJson, factsToJson } from './index.ts';
import { anotherDeployment, someFacts } from './testing.ts';

test('facts that were kept are read back as they were, labels that look like instants included', () => {
  const now = new Date('2026-03-02T10:00:00Z');
  const facts = someFacts({
    others: [anotherDeployment()],
    previous: { id: 'd0', state: 'failed', digest: 'sha256:c', endedAt: now },
    incidents: [{ id: 'i', title: 'x', severity: '1', serviceName: 'Cart', relation: 'same', since: now }],
    environment: { id: 'prod', name: 'Production', kind: 'production', labels: { since: '2024' } },
  });
  expect(factsFromJson(factsToJson(facts))).toEqual(facts);
});
