import { conditionAt, prepareFacts, prepareRule } from '@flow/core/rule';
import { Environment } from '@marcbachmann/cel-js';
import { cpuMicroseconds } from '../decisions/cpu-time.ts';
import { rounds } from '../env.ts';
import { benchFacts, benchNow, writtenRule } from '../decisions/governed.ts';
import { alternate, median, ratios, spread } from '../measure.ts';
import { openOpa, readRego } from '../peers/opa.ts';
import type { Result, Row } from '../result.ts';

const calls = 2_000;
const source = 'others.exists(o, o.relation == "dependency" && o.state == "failed") || environment.kind == "staging"';
/** The most that a condition may ask for: every other deployment against every other one. */
const hostile = 'others.all(a, others.all(b, a.id != b.id || others.all(c, c.id != a.id || c.serviceName.contains(b.serviceName))))';
const hostileMaxMs = 5;

/** D2: a condition that somebody wrote, beside the same expression in bare cel-js and in OPA; and one that is written to hurt. */
export const writtenCondition: Row = {
  name: 'D2',
  async run() {
    const facts = benchFacts();
    const [rule, prepared] = [writtenRule('written', source), prepareFacts(facts)];
    const bare = new Environment({ unlistedVariablesAreDyn: true }).parse(source);
    await using opa = await openOpa(await readRego('condition.rego'), 'data.flow.holds');
    const measured = await alternate(
      {
        flow: () => Promise.resolve(cpuMicroseconds(calls, () => conditionAt(rule, prepared, benchNow))),
        bare: () => Promise.resolve(cpuMicroseconds(calls, () => bare({ ...facts }))),
        opa: () => opa?.microseconds(facts, calls) ?? Promise.resolve(Number.NaN),
        hostile: () => Promise.resolve(hostileMs()),
      },
      rounds,
    );
    const line = (peer: 'bare' | 'opa', name: string, { goal, most }: { goal: string; most: number }): Result => ({
      row: 'D2',
      what: 'A condition that somebody wrote',
      unit: 'µs',
      flow: median(measured.flow),
      peer: name,
      peerValue: median(measured[peer]),
      ratio: median(ratios(measured.flow, measured[peer])),
      goal,
      met: median(ratios(measured.flow, measured[peer])) <= most,
      spread: spread(measured.flow),
      rounds: measured.flow.length,
    });
    return [
      line('bare', 'by bare cel-js', { goal: '≤ 1.3 of bare cel-js', most: 1.3 }),
      ...(opa === null ? [] : [line('opa', 'by OPA 1.22 in Go', { goal: '≤ 1/10 of OPA in Go', most: 0.1 })]),
      {
        row: 'D2',
        what: 'A hostile condition, until it is refused or has its answer',
        unit: 'ms',
        flow: median(measured.hostile),
        peer: null,
        peerValue: null,
        ratio: null,
        goal: `≤ ${hostileMaxMs} ms`,
        met: median(measured.hostile) <= hostileMaxMs,
        spread: spread(measured.hostile),
        rounds: measured.hostile.length,
      },
    ];
  },
};

/** Each time with a text of its own: what was compiled before is kept. */
let asked = 0;
function hostileMs(): number {
  asked += 1;
  const rule = writtenRule('hostile', `${hostile} && "${asked}" != ""`);
  const prepared = prepareFacts(benchFacts());
  return cpuMicroseconds(1, () => (prepareRule(rule).ok ? conditionAt(rule, prepared, benchNow) : null)) / 1_000;
}
