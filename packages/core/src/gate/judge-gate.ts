import { sayExternal } from './external.ts';
import type { GateSubject } from './external.ts';
import type { Evidence, Gate, GateCheck } from './gate.ts';

/**
 * How far a check or a gate is.
 * - `passed`: the evidence says yes. `failed`: it says no. `waiting`: there is no evidence yet, it is not complete, or it is too old.
 */
export type GateState = 'passed' | 'failed' | 'waiting';

export interface CheckAnswer {
  key: string;
  title: string;
  state: GateState;
  sentence: string;
  /** Who or what brings it further. */
  liftedBy: string;
  /** The evidence that was looked at. */
  evidenceIds: readonly string[];
  /** From when on this evidence counts no more; null when it does not expire or there is none. */
  expiresAt: Date | null;
}

export interface GateAnswer {
  state: GateState;
  checks: readonly CheckAnswer[];
  /** From when on a gate that is passed is not any more, by the age of its evidence; null when it is not passed or does not expire. */
  passedUntil: Date | null;
}

/**
 * Judges every check of the gate for one artifact at one time. Evidence about another digest does not count, nor
 * the answer of an outside service about another configuration; of several the newest does. The gate
 * has failed when one check has, and is passed when all are.
 */
export function judgeGate(gate: Pick<Gate, 'checks'>, found: readonly Evidence[], of: GateSubject): GateAnswer {
  const about = found.filter((one) => isAbout(one, of)).toSorted(newestFirst);
  const checks = gate.checks.map((check) => judgeCheck(check, about, of.now));
  const state = checks.some((one) => one.state === 'failed')
    ? 'failed'
    : checks.every((one) => one.state === 'passed')
      ? 'passed'
      : 'waiting';
  const ends = checks.flatMap(({ expiresAt }) => expiresAt?.getTime() ?? []);
  return { state, checks, passedUntil: state === 'passed' && ends.length > 0 ? new Date(Math.min(...ends)) : null };
}

function isAbout(found: Evidence, { digest, configurationHash, now }: GateSubject): boolean {
  if (found.kind === 'external' && found.configurationHash !== configurationHash) return false;
  return found.digest === digest && found.recordedAt <= now;
}

function newestFirst(left: Evidence, right: Evidence): number {
  return right.recordedAt.getTime() - left.recordedAt.getTime() || (left.id < right.id ? 1 : -1);
}

interface Origin {
  builderId: string;
  sourceUri: string;
}
const anyOrigin: Origin = { builderId: '', sourceUri: '' };

interface Said {
  state: GateState;
  sentence: string;
}

function judgeCheck(check: GateCheck, found: readonly Evidence[], now: Date): CheckAnswer {
  const { key, title } = check;
  const fitting = found.filter((one) => fits(check, one));
  const counting = fitting.filter((one) => (endOf(check, one) ?? Infinity) > now.getTime());
  const looked = check.kind === 'checklist' ? counting : counting.slice(0, 1);
  const said = say(check, looked);
  const old = counting.length === 0 && fitting.length > 0;
  const sentence = `${title}: ${old ? 'the evidence is too old' : said.sentence}`;
  const ends = looked.flatMap((one) => endOf(check, one) ?? []);
  return {
    key,
    title,
    state: said.state,
    sentence,
    liftedBy: said.state === 'passed' ? 'nothing more is needed' : lifters[check.kind],
    evidenceIds: looked.map(({ id }) => id),
    expiresAt: ends.length === 0 ? null : new Date(Math.min(...ends)),
  };
}

function fits(check: GateCheck, found: Evidence): boolean {
  if (found.kind !== check.kind) return false;
  if (found.kind === 'checklist') return found.checkKey === check.key;
  if (found.kind === 'external') return check.kind === 'external' && found.externalId === check.externalId;
  return found.kind !== 'attestation' || check.kind !== 'attestation' || found.predicateType === check.predicateType;
}

function endOf(check: GateCheck, found: Evidence): number | null {
  if (found.kind === 'external' && (found.result === 'waiting' || found.result === 'silent')) return null;
  const byAge = check.maxAgeSeconds === null ? Infinity : found.recordedAt.getTime() + check.maxAgeSeconds * 1_000;
  const end = Math.min(byAge, found.expiresAt?.getTime() ?? Infinity);
  return end === Infinity ? null : end;
}

const lifters = {
  stages: 'a green run of the pipeline',
  tests: 'a run whose tests pass',
  coverage: 'a run with more coverage',
  scan: 'a new scan, or an artifact without the vulnerabilities',
  attestation: 'a verified attestation of this artifact',
  nfr: 'a Single Box run that passes',
  external: 'the answer of the external check',
  checklist: 'a person who ticks the items',
} as const satisfies Record<GateCheck['kind'], string>;

function say(check: GateCheck, looked: readonly Evidence[]): Said {
  if (check.kind === 'checklist') return sayItems(check.items, looked);
  const [newest] = looked;
  if (newest === undefined && check.kind === 'external') return { state: 'waiting', sentence: 'it is asked when a deployment is prepared' };
  if (newest === undefined) return { state: 'waiting', sentence: 'there is no evidence yet' };
  if (newest.kind === 'stages' && check.kind === 'stages') return sayStages(check.stages, newest.stages);
  return sayMeasured(check, newest);
}

function sayMeasured(check: GateCheck, newest: Evidence): Said {
  switch (newest.kind) {
    case 'tests':
      if (newest.failed > 0) return { state: 'failed', sentence: `${newest.failed} tests failed` };
      return check.kind === 'tests' && newest.passed < check.passedMin
        ? { state: 'failed', sentence: `only ${newest.passed} tests ran; at least ${check.passedMin} must` }
        : { state: 'passed', sentence: `${newest.passed} tests passed` };
    case 'coverage': {
      const min = check.kind === 'coverage' ? check.minPercent : 0;
      return {
        state: newest.percent >= min ? 'passed' : 'failed',
        sentence: `coverage is ${newest.percent}%; at least ${min}% is required`,
      };
    }
    case 'scan': {
      const { criticalMax, highMax } = check.kind === 'scan' ? check : { criticalMax: 0, highMax: 0 };
      const passed = newest.critical <= criticalMax && newest.high <= highMax;
      return {
        state: passed ? 'passed' : 'failed',
        sentence: `${newest.critical} critical and ${newest.high} high vulnerabilities; at most ${criticalMax} and ${highMax} are allowed`,
      };
    }
    default:
      return sayResult(check, newest);
  }
}

function sayResult(check: GateCheck, newest: Evidence): Said {
  switch (newest.kind) {
    case 'attestation':
      return sayOrigin(check.kind === 'attestation' ? check : anyOrigin, newest);
    case 'nfr':
      if (newest.result === 'inconclusive') return { state: 'waiting', sentence: 'the Single Box run could not tell' };
      return { state: newest.result, sentence: newest.result === 'passed' ? 'the Single Box run passed' : 'the Single Box run failed' };
    case 'external':
      return sayExternal(check.kind === 'external' ? check.ifSilent : 'hold', newest);
    default:
      return { state: 'waiting', sentence: 'the evidence is of another kind' };
  }
}

/** A source that is asked for without a revision is met by each of its revisions: `git+https://git.example/shop@refs/heads/main`. */
function sayOrigin(wanted: Origin, { verified, detail, builderId, sourceUri }: Origin & { verified: boolean; detail: string }): Said {
  if (!verified) return { state: 'failed', sentence: `it could not be verified: ${detail}` };
  const isBuilt = wanted.builderId === '' || builderId === wanted.builderId;
  const isOfSource = wanted.sourceUri === '' || sourceUri === wanted.sourceUri || sourceUri.startsWith(`${wanted.sourceUri}@`);
  if (!isBuilt) return { state: 'failed', sentence: `it was made by ${builderId || 'nobody that is named'}, not by ${wanted.builderId}` };
  if (!isOfSource)
    return { state: 'failed', sentence: `it was made from ${sourceUri || 'nothing that is named'}, not from ${wanted.sourceUri}` };
  return { state: 'passed', sentence: `verified: ${detail}` };
}

function sayStages(wanted: readonly string[], found: Readonly<Record<string, string>>): Said {
  const stateOf = (stage: string): string => (Object.hasOwn(found, stage) ? found[stage] : undefined) ?? 'missing';
  const open = wanted.filter((stage) => stateOf(stage) !== 'succeeded');
  if (open.length === 0) return { state: 'passed', sentence: `${wanted.join(', ')} succeeded` };
  const failed = open.some((stage) => stateOf(stage) === 'failed');
  return { state: failed ? 'failed' : 'waiting', sentence: open.map((stage) => `${stage} is ${stateOf(stage)}`).join(', ') };
}

function sayItems(items: readonly string[], looked: readonly Evidence[]): Said {
  const ticked = new Set(looked.flatMap((one) => (one.kind === 'checklist' ? one.item : [])));
  const open = items.filter((item) => !ticked.has(item));
  return open.length === 0
    ? { state: 'passed', sentence: 'all items are ticked' }
    : { state: 'waiting', sentence: `still open: ${open.join('; ')}` };
}
