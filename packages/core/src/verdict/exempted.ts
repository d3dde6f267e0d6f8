import { findExemption } from '../exemption/index.ts';
import type { Exemption, Pass } from '../exemption/index.ts';
import { approvalsGiven, counted } from './finding.ts';
import type { Case, Finding, Item } from './finding.ts';
import type { Governance } from './governance.ts';
import type { DeploymentRequest, VerdictContext } from './verdict.ts';

/**
 * What becomes of an item for which there is an exemption: instead of standing against the request it asks for as many people as the exemption needs, and
 * is a note when they have said yes. The reason tells who gave it and why.
 */
export function withExemptions(item: Item, asked: Case): Item {
  const { finding } = item;
  const { governance, request, context } = asked;
  const pass = passOf(item.id, request, governance);
  const fitting = governance.exemptions.filter((one) => one.ruleId === item.id && isInScope(one, pass));
  if (fitting.length === 0) return item;
  const given = approvalsGiven(request, context);
  const isLifted = (at: Date): boolean => {
    const found = findExemption(fitting, pass, at);
    return found !== null && given >= found.approvalsRequired;
  };
  const now = findExemption(fitting, pass, context.now);
  const exempted = finding !== null && now !== null && finding.reason.effect !== 'note' ? exemptedFinding(finding, now, given) : finding;
  return { ...item, finding: exempted, clearFrom: (at) => clearFromWith(item, fitting, { at, isLifted }) };
}

/** The exemptions that are in effect for the request now, with the people they need: what they pass does nothing to a deployment that moves either. */
export function exemptionsInEffect(request: DeploymentRequest, context: VerdictContext, governance: Governance): readonly Exemption[] {
  const given = approvalsGiven(request, context);
  const ids = new Set(governance.exemptions.map(({ ruleId }) => ruleId));
  return [...ids]
    .flatMap((ruleId) => findExemption(governance.exemptions, passOf(ruleId, request, governance), context.now) ?? [])
    .filter(({ approvalsRequired }) => given >= approvalsRequired);
}

function passOf(ruleId: string, { deploymentId }: DeploymentRequest, { place, facts, useKey }: Governance): Pass {
  const { serviceId, environmentId } = place;
  return { ruleId, serviceId, environmentId, digest: facts.artifact.digest, deploymentId, useKey };
}

function isInScope(found: Exemption, { serviceId, environmentId, deploymentId }: Pass): boolean {
  const isHere = found.serviceId === serviceId && found.environmentId === environmentId;
  return isHere && (found.deploymentId === null || found.deploymentId === deploymentId);
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

const words = {
  planned: { by: 'Exempt by', after: '' },
  breakGlass: { by: 'Break-glass by', after: ': someone else must review it' },
} as const satisfies Record<Exemption['kind'], { by: string; after: string }>;

function exemptedFinding({ reason }: Finding, found: Exemption, given: number): Finding {
  const ticket = found.ticket === '' ? '' : `, ${found.ticket}`;
  const { by, after } = words[found.kind];
  const missing = Math.max(0, found.approvalsRequired - given);
  const needs = missing > 0 ? `; ${counted(missing, 'person', 'people')} more must agree` : '';
  return {
    reason: {
      ...reason,
      effect: missing > 0 ? 'approvals' : 'note',
      sentence: `${reason.sentence}. ${by} ${found.grantedBy.name} (${found.reason}${ticket})${needs}${after}`,
      liftedBy: missing > 0 ? 'approvers' : 'nothing more is needed',
      exemptible: false,
      exemption: found.kind,
    },
    approvalsRequired: found.approvalsRequired,
    missing,
    exemptionId: found.id,
  };
}
