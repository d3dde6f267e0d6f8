import { freeze, freezeWindow } from './freeze.ts';
import type { Freeze, FreezeInput, FreezeWindow } from './freeze.ts';

/** Friday evening to Monday morning in Berlin, every week of 2026, unless the test says otherwise. */
export function aWindow(over: Partial<FreezeInput['window']> = {}): FreezeWindow {
  return freezeWindow.parse({
    zone: 'Europe/Berlin',
    start: '2026-01-02T18:00',
    end: '2026-01-05T08:00',
    recurrence: 'FREQ=WEEKLY;BYDAY=FR',
    ...over,
  });
}

/** An enforced freeze everywhere, at the window of `aWindow`. */
export function aFreeze(over: Partial<FreezeInput> = {}): Freeze {
  return freeze.parse({
    id: 'f1',
    revision: 1,
    title: 'Weekend',
    owner: { kind: 'platform', name: 'Release management' },
    scope: {},
    appliesTo: {},
    enforcement: 'enforce',
    window: aWindow(),
    inFlight: 'finish',
    ...over,
  });
}
