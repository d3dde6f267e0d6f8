import { evaluate } from '@flow/core/verdict';
import { cpuMicroseconds } from '../decisions/cpu-time.ts';
import { rounds } from '../env.ts';
import { inNewPlace, twentyChecks, underPolicies } from '../decisions/governed.ts';
import { alternate, median, ratios, spread } from '../measure.ts';
import { openOpa, readRego } from '../peers/opa.ts';
import type { Result, Row } from '../result.ts';

const calls = 2_000;

/** D1: a verdict with all of its reasons and the earliest time, over twenty checks, beside OPA in Go with the same checks and a set of reasons. */
export const verdict: Row = {
  name: 'D1',
  async run() {
    const { request, context } = underPolicies(twentyChecks());
    const flow = (): Promise<number> => Promise.resolve(cpuMicroseconds(calls, () => evaluate(request, inNewPlace(context))));
    await using opa = await openOpa(await readRego('twenty.rego'), 'data.flow.reasons');
    const input = { facts: context.governance?.facts, plan: context.governance?.plan, now: context.now, requiredApprovals: 1 };
    const measured = await alternate({ flow, peer: () => opa?.microseconds(input, calls) ?? Promise.resolve(Number.NaN) }, rounds);
    return [lineOf({ what: 'Verdict with all reasons over 20 checks', ...measured, hasPeer: opa !== null })];
  },
};

function lineOf({ what, flow, peer, hasPeer }: { what: string; flow: number[]; peer: number[]; hasPeer: boolean }): Result {
  const ratio = hasPeer ? median(ratios(flow, peer)) : null;
  return {
    row: 'D1',
    what,
    unit: 'µs',
    flow: median(flow),
    peer: hasPeer ? 'by OPA 1.22 in Go' : null,
    peerValue: hasPeer ? median(peer) : null,
    ratio,
    goal: '≤ 1/15 of OPA in Go',
    met: ratio !== null && ratio <= 1 / 15,
    spread: spread(flow),
    rounds: flow.length,
  };
}
