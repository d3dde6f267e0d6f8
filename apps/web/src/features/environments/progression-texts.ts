import type { FailurePolicy, Progression, WhenUnreachable } from '@flow/core/deployment';

/** How a deployment goes from region to region, as the texts of a form. */
export interface ProgressionTexts {
  onFailure: string;
  mayFail: string;
  beyond: string;
  regionsAtOnce: string;
  pauses: string;
  whenUnreachable: string;
  /** In minutes. */
  skipAfter: string;
}

export const usualProgressionTexts: ProgressionTexts = {
  onFailure: 'rollBackAll',
  mayFail: '1',
  beyond: 'rollBackAll',
  regionsAtOnce: '',
  pauses: 'none',
  whenUnreachable: 'wait',
  skipAfter: '10',
};

const policyLabels = {
  rollBackAll: 'Roll back every region',
  stop: 'Stop and ask a person',
  rollBackRegion: 'Roll back that region, go on with the others',
  goOn: 'Leave that region, go on with the others',
} as const satisfies Record<FailurePolicy['kind'], string>;

const beyondLabels = { rollBackAll: 'Roll back every region', stop: 'Stop and ask a person' } as const;

const pauseLabels = {
  none: 'Never',
  afterFirstWave: 'After the first wave',
  afterEachWave: 'After each wave',
} as const satisfies Record<Progression['pauses'], string>;

const unreachableLabels = {
  wait: 'Wait for it',
  skip: 'Skip it, and catch it up when it is back',
} as const satisfies Record<WhenUnreachable['kind'], string>;

export const unreachableOptions = optionsOf(unreachableLabels);
export const policyOptions = optionsOf(policyLabels);
export const beyondOptions = optionsOf(beyondLabels);
export const pauseOptions = optionsOf(pauseLabels);

function optionsOf(labels: Readonly<Record<string, string>>): { value: string; label: string }[] {
  return Object.entries(labels).map(([value, label]) => ({ value, label }));
}

/** Whether the policy lets some regions fail and goes on with the others. */
export function hasBudget(onFailure: string): boolean {
  return onFailure === 'rollBackRegion' || onFailure === 'goOn';
}

/** The texts of a progression as it is. */
export function progressionTexts({ onFailure, regionsAtOnce, pauses, whenUnreachable }: Progression): ProgressionTexts {
  const budget = 'budget' in onFailure ? { mayFail: String(onFailure.budget), beyond: onFailure.beyond } : {};
  return {
    ...usualProgressionTexts,
    ...budget,
    ...(whenUnreachable.kind === 'skip' ? { skipAfter: String(whenUnreachable.afterSeconds / 60) } : {}),
    whenUnreachable: whenUnreachable.kind,
    onFailure: onFailure.kind,
    regionsAtOnce: regionsAtOnce === null ? '' : String(regionsAtOnce),
    pauses,
  };
}

/** What the texts say, or what is wrong with each of them. */
export function readProgression(
  texts: ProgressionTexts,
): { ok: true; progression: Progression } | { ok: false; faults: Partial<Record<keyof ProgressionTexts, string>> } {
  const budget = Number(texts.mayFail);
  const regionsAtOnce = texts.regionsAtOnce.trim() === '' ? null : Number(texts.regionsAtOnce);
  const skipAfterSeconds = Math.round(Number(texts.skipAfter) * 60);
  const isSkipped = texts.whenUnreachable === 'skip';
  const faults = {
    ...(isSkipped && !isWait(texts.skipAfter, skipAfterSeconds) ? { skipAfter: 'minutes, from 0 to 1440' } : {}),
    ...(hasBudget(texts.onFailure) && !isCount(budget) ? { mayFail: 'a whole number from 1 to 50' } : {}),
    ...(regionsAtOnce !== null && !isCount(regionsAtOnce) ? { regionsAtOnce: 'a whole number from 1 to 50, or empty for all' } : {}),
  };
  if (Object.keys(faults).length > 0) return { ok: false, faults };
  const whenUnreachable = isSkipped ? ({ kind: 'skip', afterSeconds: skipAfterSeconds } as const) : ({ kind: 'wait' } as const);
  return { ok: true, progression: { onFailure: policyOf(texts, budget), regionsAtOnce, pauses: pausesOf(texts.pauses), whenUnreachable } };
}

/** At most a day. */
function isWait(text: string, seconds: number): boolean {
  return text.trim() !== '' && seconds >= 0 && seconds <= 86_400;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 50;
}

function policyOf({ onFailure, beyond: chosen }: ProgressionTexts, budget: number): FailurePolicy {
  const beyond = chosen === 'stop' ? 'stop' : 'rollBackAll';
  if (onFailure === 'rollBackRegion' || onFailure === 'goOn') return { kind: onFailure, budget, beyond };
  return { kind: onFailure === 'stop' ? 'stop' : 'rollBackAll' };
}

function pausesOf(text: string): Progression['pauses'] {
  return text === 'afterFirstWave' || text === 'afterEachWave' ? text : 'none';
}

/** What a plan does when a region fails or cannot be reached, in sentences. */
export function policySentence({ onFailure, whenUnreachable }: Pick<Progression, 'onFailure' | 'whenUnreachable'>): string {
  return [
    failureSentence({ onFailure }),
    ...(whenUnreachable.kind === 'wait' ? [] : ['A region that cannot be reached is skipped, and caught up when it is back.']),
  ].join(' ');
}

function failureSentence({ onFailure }: Pick<Progression, 'onFailure'>): string {
  switch (onFailure.kind) {
    case 'rollBackAll':
      return 'If a region fails, every region goes back.';
    case 'stop':
      return 'If a region fails, nothing more begins until a person goes on or rolls back.';
    case 'rollBackRegion':
      return `If a region fails, it goes back and the others go on. ${beyondSentence(onFailure)}`;
    case 'goOn':
      return `If a region fails, it stays for a person to look at and the others go on. ${beyondSentence(onFailure)}`;
  }
}

function beyondSentence({ budget, beyond }: Extract<FailurePolicy, { budget: number }>): string {
  const more = budget === 1 ? 'If more than 1 fails' : `If more than ${budget} fail`;
  return beyond === 'stop' ? `${more}, it stops and asks a person.` : `${more}, every region goes back.`;
}
