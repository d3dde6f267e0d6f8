import { can } from '@flow/core/rights';
import type { Actor } from '@flow/core/rights';
import { cpuMicroseconds } from '../decisions/cpu-time.ts';
import { rounds } from '../env.ts';
import { alternate, median, ratios, spread } from '../measure.ts';
import type { Row } from '../result.ts';

const calls = 200_000;
/** casbin with 200 rules, measured on a machine of the same kind. */
const casbinMicroseconds = 481;
const maxMicroseconds = 2;

/** D4: whether somebody may do something in a tenant, as a member of one tenant and of a thousand. */
export const permission: Row = {
  name: 'D4',
  async run() {
    const side = (count: number): (() => Promise<number>) => {
      const actor = memberOf(count);
      return () => Promise.resolve(cpuMicroseconds(calls, () => can(actor, 'deployment:ask', `tenant-${count - 1}`)));
    };
    const measured = await alternate({ one: side(1), many: side(1_000) }, rounds);
    const growth = ratios(measured.many, measured.one);
    const line = (what: string, values: readonly number[]) => ({
      row: 'D4',
      what,
      unit: 'µs' as const,
      flow: median(values),
      peer: 'by casbin with 200 rules, quoted',
      peerValue: casbinMicroseconds,
      ratio: median(values) / casbinMicroseconds,
      goal: `≤ ${maxMicroseconds} µs: 1/200 of casbin`,
      met: median(values) <= maxMicroseconds,
      spread: spread(values),
      rounds: growth.length,
    });
    return [line('Permission check, member of one tenant', measured.one), line('The same, member of 1,000 tenants', measured.many)];
  },
};

function memberOf(count: number): Actor {
  const roles = new Map(Array.from({ length: count }, (_, index) => [`tenant-${index}`, 'developer' as const]));
  return { kind: 'person', userId: 'ada', name: 'Ada', sessionId: 's', isPlatformAdmin: false, roles };
}
