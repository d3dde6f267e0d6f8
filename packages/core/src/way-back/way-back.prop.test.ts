import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeWayBack } from './light.ts';
import type { WayBackVersion } from './light.ts';
import { roomNeeded, shortageOf } from './room.ts';

const why = fc.constantFrom('the cluster is silent', 'it is gone');
const notKnown = why.map((text) => ({ state: 'notKnown' as const, why: text }));
const shortage = { quota: 'team', resource: 'pods', left: 0, needed: 1 };
const version: fc.Arbitrary<WayBackVersion> = fc.record({
  version: fc.constant('1.4.0'),
  manifest: fc.oneof(
    fc.constant({ state: 'renders' as const }),
    why.map((text) => ({ state: 'broken' as const, why: text })),
    notKnown,
  ),
  keptRevision: fc.option(fc.integer({ min: 1, max: 99 }), { nil: null }),
  room: fc.oneof(
    fc.constantFrom({ state: 'unlimited' as const }, { state: 'fits' as const }, { state: 'short' as const, shortage }),
    notKnown,
  ),
});

test('the light is on only when everything was seen to be good, and every doubt is told', () => {
  fc.assert(
    fc.property(fc.option(version, { nil: null }), fc.boolean(), (previous, isInQuarantine) => {
      const { light, sentence } = judgeWayBack({ running: '1.5.0', previous, isInQuarantine });
      const isGood = previous?.manifest.state === 'renders' && (previous.room.state === 'unlimited' || previous.room.state === 'fits');
      expect(light === 'works').toBe(isGood);
      if (previous === null) expect(light).toBe('none');
      for (const part of previous === null ? [] : [previous.manifest, previous.room])
        if ('why' in part && light === 'doubtful') expect(sentence).toContain(part.why);
      expect(sentence).not.toBe('');
    }),
  );
});

test('what fits under a quota with its surge never passes the limit, whatever runs now', () => {
  const pods = fc.integer({ min: 0, max: 50 });
  fc.assert(
    fc.property(fc.record({ back: pods, surge: pods, running: pods, spare: pods }), ({ back, surge, running, spare }) => {
      const needed = roomNeeded({ steady: { pods: back }, surge: { pods: surge } }, { steady: { pods: running }, surge: {} });
      const isShort = shortageOf(needed, [{ name: 'team', left: { pods: spare } }]) !== null;
      const peak = Math.max(back, running) + surge;
      expect(isShort).toBe(peak > running + spare);
    }),
  );
});
