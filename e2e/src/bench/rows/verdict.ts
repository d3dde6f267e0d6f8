import { evaluate } from '@flow/core/verdict';
import { cpuMicroseconds } from '../decisions/cpu-time.ts';
import { rounds } from '../env.ts';
import { inNewPlace, twentyChecks, underPolicies } from '../decisions/governed.ts';
import { alternate, median, ratios, spread } from '../measure.ts';
import { loadWasm } from '../peers/opa-wasm.ts';
import { openOpa, readRego } from '../peers/opa.ts';
import type { Result, Row } from '../result.ts';

/** A second or more of each side in a round, so that the compilers have done their work in the first one, which is left away. */
const calls = { flow: 50_000, peer: 10_000 };

/**
 * D1: a verdict with all of its reasons and the earliest time, over twenty checks, beside OPA in Go with the same checks and a set of reasons, and beside the
 * same as WebAssembly in this process.
 */
export const verdict: Row = {
  name: 'D1',
  async run() {
    const { request, context } = underPolicies(twentyChecks());
    const flow = (): Promise<number> => Promise.resolve(cpuMicroseconds(calls.flow, () => evaluate(request, inNewPlace(context))));
    await using opa = await openOpa(await readRego('twenty.rego'), 'data.flow.reasons');
    const input = { facts: context.governance?.facts, plan: context.governance?.plan, now: context.now, requiredApprovals: 1 };
    const wasm = opa === null ? null : await loadWasm(await opa.compile());
    const none = Promise.resolve(Number.NaN);
    const measured = await alternate(
      { flow, go: () => opa?.microseconds(input, calls.peer) ?? none, wasm: () => wasm?.microseconds(input, calls.peer) ?? none },
      rounds,
    );
    const { go, wasm: inProcess } = measured;
    return [
      lineOf(measured.flow, { name: 'by OPA 1.22 in Go', peer: go, times: 15 }),
      ...(wasm === null ? [] : [lineOf(measured.flow, { name: 'by OPA 1.22 as WebAssembly', peer: inProcess, times: 1.5 })]),
    ];
  },
};

function lineOf(flow: number[], { name, peer, times }: { name: string; peer: number[]; times: number }): Result {
  const hasPeer = !peer.some(Number.isNaN);
  const ratio = hasPeer ? median(ratios(flow, peer)) : null;
  return {
    row: 'D1',
    what: 'Verdict with all reasons over 20 checks',
    unit: 'µs',
    flow: median(flow),
    peer: hasPeer ? name : null,
    peerValue: hasPeer ? median(peer) : null,
    ratio,
    goal: `≤ 1/${times} of ${name.replace('by ', '')}`,
    met: ratio !== null && ratio <= 1 / times,
    spread: spread(flow),
    rounds: flow.length,
  };
}
