import { evaluate, indexPolicies } from '@flow/core/verdict';
import type { Policies } from '@flow/core/verdict';
import { cpuMicroseconds } from '../decisions/cpu-time.ts';
import { rounds } from '../env.ts';
import { inNewPlace, underPolicies, writtenRule } from '../decisions/governed.ts';
import { alternate, median, ratios, spread } from '../measure.ts';
import type { Row } from '../result.ts';

const calls = 200;
const applying = 30;
const verdictMaxMicroseconds = 200;

/** D3: a verdict where thirty rules apply, among a hundred rules and among ten thousand of twenty thousand tenants. */
export const manyRules: Row = {
  name: 'D3',
  async run() {
    const side = (count: number): (() => Promise<number>) => {
      const { request, context } = underPolicies(rulesOf(count));
      return () => Promise.resolve(cpuMicroseconds(calls, () => evaluate(request, inNewPlace(context))));
    };
    const measured = await alternate({ few: side(100), many: side(10_000) }, rounds);
    const growth = ratios(measured.many, measured.few);
    const shared = { row: 'D3', peer: null, peerValue: null, ratio: null, rounds: growth.length } as const;
    return [
      {
        ...shared,
        what: 'Verdict of 30 rules among 10,000 in 20,000 tenants',
        unit: 'µs',
        flow: median(measured.many),
        goal: `≤ ${verdictMaxMicroseconds} µs`,
        met: median(measured.many) <= verdictMaxMicroseconds,
        spread: spread(measured.many),
      },
      {
        ...shared,
        what: 'The same by that among 100',
        unit: '×',
        flow: median(growth),
        goal: '≤ ×1.2',
        met: median(growth) <= 1.2,
        spread: spread(growth),
      },
    ];
  },
};

/** Thirty that apply, and others for other tenants, services and tiers. */
function rulesOf(count: number): Policies {
  const others = [
    (index: number) => ({ tenantIds: [`tenant-${index * 2}`] }),
    (index: number) => ({ tenantIds: ['t1'], serviceIds: [`service-${index}`] }),
    (index: number) => ({ tenantIds: ['t1'], environmentIds: [`environment-${index}`] }),
  ];
  const rules = Array.from({ length: count }, (_, index) => {
    const scope = index < applying ? { tenantIds: ['t1'], tiers: ['1'] } : (others[index % others.length]?.(index) ?? {});
    return writtenRule(`rule-${index}`, `service.tier == "4" || artifact.ageMinutes > ${100_000 + (index % 50)}`, scope);
  });
  return indexPolicies({ rules });
}
