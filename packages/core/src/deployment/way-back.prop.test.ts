import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { revisionToGoBackTo } from './way-back.ts';
import type { KeptRevision } from './way-back.ts';

const kept = (revision: number, deploymentId: string | null, isFinished = true): KeptRevision => ({ revision, deploymentId, isFinished });
/** Of the deployments that Flow knows, those named were healthy. */
const goingBack = (...healthy: string[]) => ({
  deploymentId: 'now',
  seen: new Map(['good', 'bad', 'stopped', 'a', 'b', 'now'].map((id) => [id, healthy.includes(id)])),
});

describe('the way back of a region', () => {
  test('passes over what Helm calls deployed and nobody saw healthy', () => {
    expect(revisionToGoBackTo([kept(1, 'good'), kept(2, 'stopped')], goingBack('good'))).toBe(1);
  });

  test('takes the newest revision of what was healthy, which a rollback has made', () => {
    expect(revisionToGoBackTo([kept(1, 'good'), kept(2, 'bad'), kept(3, 'good'), kept(4, 'now')], goingBack('good'))).toBe(3);
  });

  test('leads to a release from before Flow only when nothing was seen healthy since', () => {
    expect(revisionToGoBackTo([kept(1, null), kept(2, 'stopped')], goingBack())).toBe(1);
    expect(revisionToGoBackTo([kept(1, 'good'), kept(2, null)], goingBack('good'))).toBe(1);
  });

  test('leads to what Flow knows nothing of, as after its record was lost, before nothing at all', () => {
    expect(revisionToGoBackTo([kept(1, 'unknown'), kept(2, 'stopped')], goingBack())).toBe(1);
  });

  test('is none when only this deployment, or nothing that was ever healthy, is there', () => {
    expect(revisionToGoBackTo([kept(1, 'stopped'), kept(2, 'now')], goingBack())).toBeNull();
    expect(revisionToGoBackTo([kept(1, 'good', false)], goingBack('good'))).toBeNull();
  });
});

test('whatever the history, it is the newest finished revision of another deployment that was healthy, or else of one that is not known', () => {
  const history = fc.array(fc.record({ deploymentId: fc.constantFrom('a', 'b', 'c', 'now', null), isFinished: fc.boolean() }), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(history, fc.subarray(['a', 'b', 'now']), (made, healthy) => {
      const revisions = made.map((one, index) => ({ ...one, revision: index + 1 }));
      const chosen = revisionToGoBackTo(revisions, goingBack(...healthy));
      const good = revisions.filter((one) => one.isFinished && one.deploymentId !== 'now' && healthy.includes(one.deploymentId ?? ''));
      const foreign = revisions.filter((one) => one.isFinished && (one.deploymentId === null || one.deploymentId === 'c'));
      expect(chosen).toBe((good.at(-1) ?? foreign.at(-1))?.revision ?? null);
    }),
  );
});
