import { findExemption } from '../exemption/index.ts';
import type { Exemption } from '../exemption/index.ts';
import { approvalsGiven, counted } from './finding.ts';
import type { Case, Finding, Item } from './finding.ts';

/**
 * What becomes of an item for which there is an exemption. A planned one turns what stands against the request into a note; a break-glass asks for people
 * instead. Both tell in the reasons who gave it and why.
 */
export function withExemptions(item: Item, asked: Case): Item {
  const { finding } = item;
  if (asked.governance.exemptions.length === 0) return item;
  const fitting = asked.governance.exemptions.filter(
    ({ ruleId, deploymentId }) => ruleId === item.id && deploymentId === asked.request.deploymentId,
  );
  if (fitting.length === 0) return item;
  const lift = (at: Date): Exemption | null => {
    const pass = { deploymentId: asked.request.deploymentId, ruleId: item.id, useKey: asked.governance.useKey };
    return findExemption(fitting, pass, at);
  };
  const given = approvalsGiven(asked.request, asked.context);
  const isLifted = (at: Date): boolean => {
    const found = lift(at);
    return found !== null && (found.kind === 'planned' || given >= found.approvalsRequired);
  };
  const now = lift(asked.context.now);
  const exempted = finding !== null && now !== null && finding.reason.effect !== 'note' ? exemptedFinding(finding, now, given) : finding;
  return { ...item, finding: exempted, clearFrom: (at) => clearFromWith(item, fitting, { at, isLifted }) };
}

/** An exemption ends: from then on the item stands again. */
function clearFromWith(
  item: Item,
  fitting: readonly Exemption[],
  { at, isLifted }: { at: Date; isLifted: (at: Date) => boolean },
): Date | null {
  if (isLifted(at)) return at;
  const begins = fitting.map(({ grantedAt }) => grantedAt).filter((begin) => begin > at && isLifted(begin));
  const clear = item.clearFrom(at);
  const candidates = [...begins, ...(clear === null ? [] : [clear])].map((one) => one.getTime());
  return candidates.length === 0 ? null : new Date(Math.min(...candidates));
}

function exemptedFinding({ reason }: Finding, found: Exemption, given: number): Finding {
  const ticket = found.ticket === '' ? '' : `, ${found.ticket}`;
  const by = `${found.grantedBy.name} (${found.reason}${ticket})`;
  if (found.kind === 'planned') {
    const sentence = `${reason.sentence}. Exempt by ${by}`;
    return {
      reason: { ...reason, effect: 'note', sentence, liftedBy: 'nothing more is needed', exemptible: false },
      approvalsRequired: 0,
      missing: 0,
    };
  }
  const missing = Math.max(0, found.approvalsRequired - given);
  const needs = missing > 0 ? `; ${counted(missing, 'person', 'people')} more must agree` : '';
  const sentence = `${reason.sentence}. Break-glass by ${by}${needs}: someone else must review it`;
  return {
    reason: {
      ...reason,
      effect: missing > 0 ? 'approvals' : 'note',
      sentence,
      liftedBy: missing > 0 ? 'approvers' : 'nothing more is needed',
      exemptible: false,
    },
    approvalsRequired: found.approvalsRequired,
    missing,
  };
}
