import { describe, expect, test } from 'vitest';
import { healthOf } from './health.ts';
import { clusterPurposeSet } from './purpose.ts';
import type { CheckState, ClusterCheck } from './check.ts';

const check = (subject: string, state: CheckState): ClusterCheck => ({ subject, state, found: `${subject} is ${state}`, command: null });

describe('the health of a cluster that answers', () => {
  test('is not known before it was tested', () => {
    expect(healthOf(null)).toEqual({ health: 'unknown', healthReason: null });
  });

  test('is good when nothing is missing, whatever else could not be told or is not there', () => {
    expect(healthOf([check('a', 'met'), check('b', 'notKnown'), check('c', 'absent')])).toEqual({ health: 'healthy', healthReason: null });
  });

  test('is degraded when something is missing, and the reason names the first thing and how many more', () => {
    expect(healthOf([check('a', 'met'), check('b', 'missing')]).healthReason).toBe('Missing: b (b is missing)');
    expect(healthOf([check('b', 'missing'), check('c', 'missing'), check('d', 'missing')])).toEqual({
      health: 'degraded',
      healthReason: 'Missing: b (b is missing), and 2 more',
    });
  });
});

test('the purposes of a cluster are one at least, each once, in one order', () => {
  expect(clusterPurposeSet.parse(['releases', 'pipelines'])).toEqual(['pipelines', 'releases']);
  expect(clusterPurposeSet.parse(['releases', 'releases'])).toEqual(['releases']);
  expect(clusterPurposeSet.safeParse([]).success).toBe(false);
});
