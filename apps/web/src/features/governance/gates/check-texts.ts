import { z } from 'zod';
import type { PolicyDocument } from '../policy/save-policy.ts';
import { splitList } from '../policy/scope.ts';

/** Checks that can be written. */
export const checkKinds = [
  { value: 'stages', label: 'Stages of the run succeeded' },
  { value: 'tests', label: 'Tests passed' },
  { value: 'coverage', label: 'Enough is covered by tests' },
  { value: 'scan', label: 'Few vulnerabilities were found' },
  { value: 'attestation', label: 'A signed attestation is there' },
  { value: 'nfr', label: 'Single Box passed' },
  { value: 'external', label: 'An external check allows it' },
  { value: 'checklist', label: 'People have ticked a list' },
] as const;
export type WrittenKind = (typeof checkKinds)[number]['value'];

/** One check as the form has it: a text for each field of each kind, so that nothing typed is lost when the kind changes. */
export interface CheckTexts {
  /** Stays the same through all revisions; empty for a new one, which gets one from its title. */
  key: string;
  title: string;
  kind: string;
  /** How old the evidence may be, in hours; empty for any age. */
  maxAgeHours: string;
  /** Stages of the pipeline that must have succeeded, with commas between them. */
  stages: string;
  passedMin: string;
  minPercent: string;
  criticalMax: string;
  highMax: string;
  predicateType: string;
  /** Who must have made it, and from what; empty for anyone and anything. */
  builderId: string;
  sourceUri: string;
  /** Which outside service is asked, and what it means when it does not answer. */
  externalId: string;
  ifSilent: string;
  /** A line each. */
  items: string;
  /** The check as it was kept: what the form has no field for stays. Null for a new one. */
  kept: PolicyDocument | null;
}

export const emptyCheck: CheckTexts = {
  key: '',
  title: '',
  kind: 'stages',
  maxAgeHours: '',
  stages: '',
  passedMin: '1',
  minPercent: '80',
  criticalMax: '0',
  highMax: '0',
  predicateType: 'https://slsa.dev/provenance/v1',
  builderId: '',
  sourceUri: '',
  externalId: '',
  ifSilent: 'hold',
  items: '',
  kept: null,
};

const number = z.number().transform(String);
const keptCheck = z.object({
  key: z.string().catch(''),
  title: z.string().catch(''),
  kind: z.string().catch(''),
  maxAgeSeconds: z.number().nullable().catch(null),
  stages: z.array(z.string()).catch([]),
  passedMin: number.catch(emptyCheck.passedMin),
  minPercent: number.catch(emptyCheck.minPercent),
  criticalMax: number.catch(emptyCheck.criticalMax),
  highMax: number.catch(emptyCheck.highMax),
  predicateType: z.string().catch(emptyCheck.predicateType),
  builderId: z.string().catch(''),
  sourceUri: z.string().catch(''),
  externalId: z.string().catch(''),
  ifSilent: z.string().catch('hold'),
  items: z.array(z.string()).catch([]),
});

const hourSeconds = 3_600;

/** A kept check as the form has it. */
export function toCheckTexts(kept: PolicyDocument): CheckTexts {
  const { stages, items, maxAgeSeconds, ...texts } = keptCheck.parse(kept);
  const maxAgeHours = maxAgeSeconds === null ? '' : String(maxAgeSeconds / hourSeconds);
  return { ...texts, stages: stages.join(', '), items: items.join('\n'), maxAgeHours, kept };
}

/** Whether the form has fields for a check of this kind. */
export function isWritten(kind: string): kind is WrittenKind {
  return checkKinds.some(({ value }) => value === kind);
}

/** What the form says of a check; one of a kind without fields keeps what it said. */
export function toCheck(texts: CheckTexts, key: string): PolicyDocument {
  const title = texts.title.trim();
  if (!isWritten(texts.kind)) return { ...texts.kept, title };
  return { ...settingsOf(texts, texts.kind), kind: texts.kind, key, title, maxAgeSeconds: toSeconds(texts.maxAgeHours) };
}

function settingsOf(texts: CheckTexts, kind: WrittenKind): PolicyDocument {
  switch (kind) {
    case 'stages':
      return { stages: splitList(texts.stages) };
    case 'tests':
      return { passedMin: toNumber(texts.passedMin) };
    case 'coverage':
      return { minPercent: toNumber(texts.minPercent) };
    case 'scan':
      return { criticalMax: toNumber(texts.criticalMax), highMax: toNumber(texts.highMax) };
    case 'attestation':
      return { predicateType: texts.predicateType.trim(), builderId: texts.builderId.trim(), sourceUri: texts.sourceUri.trim() };
    case 'external':
      return { externalId: texts.externalId, ifSilent: texts.ifSilent };
    case 'checklist':
      return { items: texts.items.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()])) };
    case 'nfr':
      return {};
  }
}

function toSeconds(hours: string): number | string | null {
  const told = toNumber(hours);
  return told === '' ? null : typeof told === 'number' ? Math.round(told * hourSeconds) : told;
}

/** What is no number is sent as it was typed: the server says so at its field. */
export function toNumber(text: string): number | string {
  const typed = text.trim();
  return typed === '' || Number.isNaN(Number(typed)) ? typed : Number(typed);
}
