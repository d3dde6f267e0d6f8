import { expect, test } from 'vitest';
import { packFacts, unpackFacts } from './packed-facts.ts';
import { anotherDeployment, someFacts } from './testing.ts';

const full = someFacts({
  others: [anotherDeployment(), anotherDeployment({ id: 'd8', relation: 'none', state: 'queued' })],
  previous: { id: 'd0', state: 'rolledBack', digest: 'sha256:z', endedAt: new Date('2026-03-01T00:00:00Z') },
  incidents: [
    { id: 'i1', title: 'Slow', severity: 'minor', serviceName: 'Cart', relation: 'dependency', since: new Date('2026-03-02T08:00:00Z') },
  ],
  errorBudget: { remainingPercent: 12.5, burnRate: 0.3 },
  artifact: { ...someFacts().artifact, vulnerabilities: { critical: 0, high: 1, medium: 2, low: 3 }, newerBelow: ['Staging'] },
});

test('facts that were packed come back as they were', () => {
  for (const facts of [full, someFacts(), someFacts({ artifact: { ...someFacts().artifact, soakingSince: null } })])
    expect(unpackFacts(packFacts(facts))).toEqual(facts);
});

test('without the text of the other deployments everything else comes back', () => {
  expect(unpackFacts({ ...packFacts(full), others: null })).toEqual({ ...full, others: [] });
});

test('they take less than half of what they take with their names', () => {
  expect(packFacts(someFacts()).facts.length).toBeLessThan(JSON.stringify(someFacts()).length / 2);
});
