import { z } from 'zod';
import { toAppliesTo, toAppliesToTexts } from '../policy/applies-to.tsx';
import type { AppliesToField } from '../policy/applies-to.tsx';
import { headDocument, headTexts } from '../policy/policy-form.tsx';
import type { HeadField } from '../policy/policy-form.tsx';
import type { PolicyDetail, PolicyDocument } from '../policy/save-policy.ts';
import { splitList } from '../policy/scope.ts';

/** `document.checks` holds no text: it is where the server objects to checks, which have fields of their own. */
export type GateField = HeadField | AppliesToField | 'document.checks';

/** One check as the form has it. */
export interface CheckTexts {
  /** Stays the same through all revisions; empty for a new one, which gets one from its title. */
  key: string;
  title: string;
  /** Stages of the pipeline that must have succeeded, with commas between them. */
  stages: string;
  /** The check as it was kept: what the form has no field for stays. Null for a new one. */
  kept: PolicyDocument | null;
}

const json = z.record(z.string(), z.json());
const checkPart = z.object({
  kind: z.string().catch(''),
  key: z.string().catch(''),
  title: z.string().catch(''),
  stages: z.array(z.string()).catch([]),
});

/** What the form of a gate begins with. */
export function toGateTexts(policy: PolicyDetail | null): Record<GateField, string> {
  return { ...headTexts(policy), ...toAppliesToTexts(policy?.document['appliesTo']), 'document.checks': '' };
}

/** The checks of a gate; a new one begins with an empty one. */
export function toChecks(policy: PolicyDetail | null): CheckTexts[] {
  if (policy === null) return [emptyCheck];
  const kept = z.array(json).catch([]).parse(policy.document['checks']);
  return kept.map((check) => {
    const { key, title, stages } = checkPart.parse(check);
    return { key, title, stages: stages.join(', '), kept: check };
  });
}

export const emptyCheck: CheckTexts = { key: '', title: '', stages: '', kept: null };

/** The kind of a check, as it was kept. */
export function kindOf({ kept }: CheckTexts): string {
  return kept === null ? 'stages' : checkPart.parse(kept).kind;
}

/** The document that the form says. */
export function toGateDocument(texts: Readonly<Record<GateField, string>>, checks: readonly CheckTexts[]): PolicyDocument {
  const known = new Set(checks.map((check) => check.key));
  return {
    ...headDocument(texts),
    appliesTo: toAppliesTo(texts),
    checks: checks.map((check) => {
      const key = check.key === '' ? newKey(check.title, known) : check.key;
      known.add(key);
      const title = check.title.trim();
      if (check.kept !== null && kindOf(check) !== 'stages') return { ...check.kept, title };
      return { ...check.kept, kind: 'stages', key, title, stages: splitList(check.stages) };
    }),
  };
}

/** A key that no other check of the gate has. */
function newKey(title: string, known: ReadonlySet<string>): string {
  const base =
    title
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '')
      .slice(0, 50) || 'check';
  for (let count = 1; ; count += 1) {
    const key = count === 1 ? base : `${base}-${count}`;
    if (!known.has(key)) return key;
  }
}

/** How many checks a gate has, for a list. */
export function countChecks(document: Readonly<Record<string, unknown>>): number {
  return z.array(z.unknown()).catch([]).parse(document['checks']).length;
}
