import { z } from 'zod';
import { toAppliesTo, toAppliesToTexts } from '../policy/applies-to.tsx';
import type { AppliesToField } from '../policy/applies-to.tsx';
import { headDocument, headTexts } from '../policy/policy-form.tsx';
import type { HeadField } from '../policy/policy-form.tsx';
import type { PolicyDetail, PolicyDocument } from '../policy/save-policy.ts';
import { emptyCheck, toCheck, toCheckTexts } from './check-texts.ts';
import type { CheckTexts } from './check-texts.ts';

/** `document.checks` holds no text: it is where the server objects to checks, which have fields of their own. */
export type GateField = HeadField | AppliesToField | 'document.checks';

const json = z.record(z.string(), z.json());

/** What the form of a gate begins with. */
export function toGateTexts(policy: PolicyDetail | null): Record<GateField, string> {
  return { ...headTexts(policy), ...toAppliesToTexts(policy?.document['appliesTo']), 'document.checks': '' };
}

/** The checks of a gate; a new one begins with an empty one. */
export function toChecks(policy: PolicyDetail | null): CheckTexts[] {
  if (policy === null) return [emptyCheck];
  return z.array(json).catch([]).parse(policy.document['checks']).map(toCheckTexts);
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
      return toCheck(check, key);
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
