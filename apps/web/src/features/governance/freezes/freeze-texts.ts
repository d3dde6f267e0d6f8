import { z } from 'zod';
import { toAppliesTo, toAppliesToTexts } from '../policy/applies-to.tsx';
import type { AppliesToField } from '../policy/applies-to.tsx';
import { headDocument, headTexts } from '../policy/policy-form.tsx';
import type { HeadField } from '../policy/policy-form.tsx';
import type { PolicyDetail, PolicyDocument } from '../policy/save-policy.ts';
import { splitList } from '../policy/scope.ts';
import { toWindow, toWindowTexts } from '../window/window-texts.ts';
import type { WindowField } from '../window/window-texts.ts';

/** The fields of the form of a freeze, named after the paths that the server objects to where it has them. */
export type FreezeField = HeadField | AppliesToField | 'document.reason' | WindowField | 'document.inFlight' | 'document.exceptServiceIds';

const text = z.string().catch('');
const strings = z.array(z.string()).catch([]);

const ownPart = z.object({ reason: text, inFlight: z.string().catch('finishWave'), exceptServiceIds: strings });

/** What the form of a freeze begins with; a new one in the viewer's zone. */
export function toFreezeTexts(policy: PolicyDetail | null, viewerZone: string): Record<FreezeField, string> {
  const document = policy?.document ?? {};
  const { reason, inFlight, exceptServiceIds } = ownPart.parse(document);
  return {
    ...headTexts(policy),
    ...(policy === null ? { 'document.enforcement': 'enforce' } : {}),
    ...toAppliesToTexts(document['appliesTo']),
    'document.reason': reason,
    ...toWindowTexts(document['window'], viewerZone),
    'document.inFlight': inFlight,
    'document.exceptServiceIds': exceptServiceIds.join(','),
  };
}

/** The document that the form says. */
export function toFreezeDocument(texts: Readonly<Record<FreezeField, string>>): PolicyDocument {
  return {
    ...headDocument(texts),
    appliesTo: toAppliesTo(texts),
    reason: texts['document.reason'].trim(),
    window: toWindow(texts),
    inFlight: texts['document.inFlight'],
    exceptServiceIds: splitList(texts['document.exceptServiceIds']),
  };
}

/** What happens to a deployment that is moving when the freeze begins, a sentence for each choice. */
export const inFlightOptions = [
  { value: 'finish', label: 'Finish: it goes on to its end' },
  { value: 'finishWave', label: 'Finish the wave: the wave that has begun is finished, the next one waits' },
  { value: 'hold', label: 'Hold: it stays at its present step until the freeze ends' },
  { value: 'rollBack', label: 'Roll back: it is taken back to what ran before' },
];
