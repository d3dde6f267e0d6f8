import { z } from 'zod';
import { secondsText } from '../../environments/seconds-text.ts';
import { headDocument, headTexts } from '../policy/policy-form.tsx';
import type { HeadField } from '../policy/policy-form.tsx';
import type { PolicyDetail, PolicyDocument } from '../policy/save-policy.ts';
import type { ScopeNames } from '../policy/scope.ts';
import { recurrenceText } from '../window/recurrence.ts';
import { shownWindow, toWindow, toWindowTexts } from '../window/window-texts.ts';
import type { WindowField } from '../window/window-texts.ts';

/** The fields of the form of a promotion rule, named after the paths that the server objects to where it has them. */
export type PromotionField = HeadField | WindowField | 'document.fromId' | 'document.toId' | 'document.soakMinutes' | 'isScheduled';

const text = z.string().catch('');
const ownPart = z
  .object({ fromId: text, toId: text, soakMinutes: z.number().catch(0), window: z.unknown() })
  .catch({ fromId: '', toId: '', soakMinutes: 0, window: null });

/** What the form of a promotion rule begins with; a new one waits an hour and promotes at any time. */
export function toPromotionTexts(policy: PolicyDetail | null, viewerZone: string): Record<PromotionField, string> {
  const { fromId, toId, soakMinutes, window = null } = ownPart.parse(policy?.document ?? {});
  return {
    ...headTexts(policy),
    ...toWindowTexts(window, viewerZone),
    ...(window === null ? { repeats: 'weekly', days: 'MO,TU,WE,TH,FR' } : {}),
    'document.fromId': fromId,
    'document.toId': toId,
    'document.soakMinutes': policy === null ? '60' : String(soakMinutes),
    isScheduled: window === null ? '' : 'yes',
  };
}

/** The document that the form says. What is no number is told to the server as it is. */
export function toPromotionDocument(texts: Readonly<Record<PromotionField, string>>): PolicyDocument {
  const minutes = texts['document.soakMinutes'].trim();
  const head = headDocument(texts);
  return {
    ...head,
    // The rule names its environments itself.
    scope: { ...head.scope, environmentIds: [], environmentKinds: [], regions: [] },
    fromId: texts['document.fromId'],
    toId: texts['document.toId'],
    soakMinutes: minutes === '' || Number.isNaN(Number(minutes)) ? minutes : Number(minutes),
    window: texts.isScheduled === 'yes' ? toWindow(texts) : null,
  };
}

/** How people read a promotion rule: "Staging to Production after 1 hour, every week: Monday". */
export function promotionText(document: Readonly<Record<string, unknown>>, { environments }: Pick<ScopeNames, 'environments'>): string {
  const { fromId, toId, soakMinutes, window = null } = ownPart.parse(document);
  const nameOf = (id: string): string => environments.find((one) => one.id === id)?.name ?? 'an archived environment';
  const soak = soakMinutes === 0 ? 'at once' : `after ${secondsText(soakMinutes * 60)}`;
  return `${nameOf(fromId)} to ${nameOf(toId)} ${soak}${window === null ? '' : `, ${scheduleText(window)}`}`;
}

function scheduleText(document: unknown): string {
  const { start, end, zone, recurrence } = shownWindow.parse(document);
  return `${recurrenceText(recurrence)} from ${start.slice(11)} to ${end.slice(11)} (${zone})`;
}
