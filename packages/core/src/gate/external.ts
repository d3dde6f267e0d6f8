import type { Evidence, Gate, GateCheck } from './gate.ts';

type ExternalEvidence = Extract<Evidence, { kind: 'external' }>;
type IfSilent = Extract<GateCheck, { kind: 'external' }>['ifSilent'];

/** What evidence has to be about to count for a request. */
export interface GateSubject {
  digest: string;
  /** Hash of all that a deployment would change; null before it is prepared: no outside service has been asked then. */
  configurationHash: string | null;
  now: Date;
}

/** What the answer of an outside service says, in a few words. */
export function describeExternal({ name, result, detail }: ExternalEvidence): string {
  if (result === 'waiting' || result === 'silent') return detail;
  return `${name} ${result === 'allowed' ? 'allowed it' : 'refused'}${detail === '' ? '' : `: ${detail}`}`;
}

const whatSilenceIs = {
  hold: { state: 'waiting', after: '' },
  refuse: { state: 'failed', after: '; no answer counts as a no' },
  pass: { state: 'passed', after: '; no answer counts as a yes' },
} as const satisfies Record<IfSilent, { state: 'passed' | 'failed' | 'waiting'; after: string }>;

/** How a check that asks an outside service stands. */
export function sayExternal(ifSilent: IfSilent, found: ExternalEvidence): { state: 'passed' | 'failed' | 'waiting'; sentence: string } {
  const sentence = describeExternal(found);
  switch (found.result) {
    case 'allowed':
      return { state: 'passed', sentence };
    case 'refused':
      return { state: 'failed', sentence };
    case 'waiting':
      return { state: 'waiting', sentence };
    case 'silent':
      return { state: whatSilenceIs[ifSilent].state, sentence: `${sentence}${whatSilenceIs[ifSilent].after}` };
  }
}

/**
 * The outside services that these gates still need an answer from: not asked yet about this content, or answered too long ago. None before a
 * deployment is prepared.
 */
export function externalsToAsk(
  gates: readonly Pick<Gate, 'checks'>[],
  found: readonly Evidence[],
  { digest, configurationHash, now }: GateSubject,
): string[] {
  if (configurationHash === null) return [];
  const asked = found
    .filter((one) => one.kind === 'external')
    .filter((one) => one.digest === digest && one.configurationHash === configurationHash);
  const needed = gates
    .flatMap(({ checks }) => checks)
    .filter((check) => check.kind === 'external')
    .filter(({ externalId, maxAgeSeconds }) => {
      const newest = asked.filter((one) => one.externalId === externalId).toSorted(newestFirst)[0];
      return externalId !== '' && (newest === undefined || isTooOld(newest, maxAgeSeconds, now));
    });
  return [...new Set(needed.map(({ externalId }) => externalId))];
}

function newestFirst(left: Evidence, right: Evidence): number {
  return right.recordedAt.getTime() - left.recordedAt.getTime();
}

/** A question that is open does not grow old: its answer is what is waited for. */
function isTooOld({ result, recordedAt }: ExternalEvidence, maxAgeSeconds: number | null, now: Date): boolean {
  if (result === 'waiting' || result === 'silent' || maxAgeSeconds === null) return false;
  return recordedAt.getTime() + maxAgeSeconds * 1_000 <= now.getTime();
}
