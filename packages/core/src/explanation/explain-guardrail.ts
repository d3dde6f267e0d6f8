import { checkPlan, measurePlan } from '../guardrail/index.ts';
import type { Guardrail } from '../guardrail/index.ts';
import { applies, matchesScope } from '../rule/index.ts';
import type { ShownInput } from '../rule/index.ts';
import type { Consideration } from './explanation.ts';
import { considerationOf, notAsked, ownerHelp, whyNotAsked } from './subject.ts';
import type { Explained, Silence } from './subject.ts';

/** One guardrail: each of its limits on plans, with what the plan has. */
export function explainGuardrail(explained: Explained, guardrail: Guardrail): Consideration {
  const silence = whyGuardrailIsNotAsked(explained, guardrail);
  const { plan } = explained.governance;
  const inputs: readonly ShownInput[] =
    silence !== null || plan === null
      ? []
      : [
          {
            path: 'limits',
            value: measurePlan(plan, guardrail).length,
            elements: measurePlan(plan, guardrail).map(({ limitName, value, limit }) => ({ limitName, limit, value })),
          },
        ];
  const isMendable = plan !== null && checkPlan(plan, [guardrail]).some(({ mendable }) => mendable);
  return considerationOf(explained, 'guardrail', {
    head: guardrail,
    said: {
      silence: silence ?? { standing: 'passes', sentence: 'The plan keeps every limit' },
      inputs,
      helps: () => [
        ...(isMendable ? [{ toDo: 'deploy by the nearest plan that passes', right: 'deployment:ask' } as const] : []),
        ownerHelp(guardrail, 'change the limit'),
      ],
    },
  });
}

function whyGuardrailIsNotAsked({ governance: { place, plan }, action }: Explained, guardrail: Guardrail): Silence | null {
  const elsewhere = whyNotAsked(guardrail, place, matchesScope(guardrail.scope, place));
  if (elsewhere !== null) return elsewhere;
  if (Object.keys(guardrail.plan).length === 0) return notAsked('It limits what moves already, not plans');
  if (!applies({ actions: [], invokers: [] }, action, 'person'))
    return notAsked('Going back and giving up are never stopped by a limit on plans');
  return plan === null ? notAsked('There is no plan yet') : null;
}
