import { judgeGate } from '../gate/index.ts';
import type { Gate } from '../gate/index.ts';
import { applies, matchesScope } from '../rule/index.ts';
import type { ShownInput } from '../rule/index.ts';
import type { Consideration, Help } from './explanation.ts';
import { aboutOthers } from './explain-rule.ts';
import { considerationOf, notAsked, ownerHelp, whyNotAsked } from './subject.ts';
import type { Explained, Silence } from './subject.ts';

/** One gate: each check with what its evidence says. */
export function explainGate(explained: Explained, gate: Gate): Consideration {
  const silence = whyGateIsNotAsked(explained, gate);
  return considerationOf(explained, 'gate', {
    head: gate,
    said: {
      silence: silence ?? { standing: 'passes', sentence: 'Every check has passed' },
      inputs: silence === null ? inputsOf(explained, gate) : [],
      helps: () => [...helpsOf(gate), ownerHelp(gate, 'change the gate')],
    },
  });
}

function whyGateIsNotAsked({ governance: { place }, action, invoker }: Explained, gate: Gate): Silence | null {
  const elsewhere = whyNotAsked(gate, place, matchesScope(gate.scope, place));
  if (elsewhere !== null) return elsewhere;
  return applies(gate.appliesTo, action, invoker) ? null : notAsked(aboutOthers(gate.appliesTo, action, invoker));
}

function inputsOf({ request, governance, context }: Explained, gate: Gate): readonly ShownInput[] {
  const { digest } = governance.facts.artifact;
  const { checks } = judgeGate(gate, governance.evidence, { digest, configurationHash: request.subjectHash, now: context.now });
  return [
    { path: 'artifact.digest', value: digest, elements: [] },
    {
      path: 'checks',
      value: checks.length,
      elements: checks.map(({ title, state, sentence, expiresAt }) => ({
        title,
        state,
        found: sentence,
        countsUntil: expiresAt?.toISOString() ?? null,
      })),
    },
  ];
}

function helpsOf({ checks }: Gate): readonly Help[] {
  const isOfRun = checks.some(({ kind }) => kind === 'stages' || kind === 'tests' || kind === 'coverage');
  return isOfRun ? [{ toDo: 'start a run', right: 'run:start' }] : [];
}
