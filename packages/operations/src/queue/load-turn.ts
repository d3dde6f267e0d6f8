import { circleThrough, deploymentOf, inTurn, limitsOf } from '@flow/core/queue';
import type { Limit } from '@flow/core/queue';
import type { DeploymentRequest, Governance, Turn } from '@flow/core/verdict';
import type { Plan } from '@flow/core/deployment';
import { findDeploymentTitles } from '@flow/db/deployment';
import type { Tx } from '@flow/db/client';
import { listLastStarts, listWaitingForLimits, listWaits } from '@flow/db/verdict';
import type { WaitingForLimit } from '@flow/db/verdict';

/** Turns are given by who was served last within this time, in milliseconds. */
const servedWithinMs = 24 * 60 * 60 * 1_000;

/** A deployment, or one that might be asked for, that stands in line. */
export interface InLine {
  request: DeploymentRequest;
  serviceId: string;
  plan: Plan;
  /** When it was asked for; now for one that might be. */
  askedAt: Date;
  notBefore: Date | null;
  now: Date;
}

/** Where it stands among those that wait: who comes before it under each limit, and whether it waits in a circle. */
export async function loadTurn(
  reader: Tx,
  tenantId: string,
  { inLine, governance }: { inLine: InLine; governance: Governance | undefined },
): Promise<Turn> {
  const { request, now, notBefore } = inLine;
  const limits = governance === undefined ? [] : limitsOf(request, governance, now);
  return {
    ahead: limits.length === 0 ? [] : await loadAhead(reader, tenantId, { inLine, limits }),
    circle: request.deploymentId === null ? [] : await loadCircle(reader, tenantId, request.deploymentId),
    notBefore,
  };
}

async function loadAhead(
  reader: Tx,
  tenantId: string,
  { inLine, limits }: { inLine: InLine; limits: readonly Limit[] },
): Promise<Turn['ahead']> {
  const { request, serviceId, askedAt, now } = inLine;
  const limitIds = limits.map(({ id }) => id);
  const waiting = await listWaitingForLimits(reader, tenantId, { limitIds, notDeploymentId: request.deploymentId });
  if (waiting.length === 0) return [];
  const tenants = [tenantId, ...waiting.map((one) => one.tenantId)];
  const served = await listLastStarts(reader, tenants, new Date(now.getTime() - servedWithinMs));
  const itself = { deploymentId: request.deploymentId ?? '', tenantId, serviceId, askedAt };
  return limits.flatMap((limit) => {
    const rivals = waiting.filter((one) => one.limitId === limit.id && (limit.isEverywhere || sharesPlace(one, inLine.plan)));
    const ordered = inTurn<typeof itself | WaitingForLimit>([...rivals, itself], served);
    return ordered.slice(0, ordered.indexOf(itself)).flatMap((one) => ('limitId' in one ? [aheadOf(one, limit, tenantId)] : []));
  });
}

function sharesPlace({ regions, clusterIds }: WaitingForLimit, { waves }: Plan): boolean {
  return waves.some(({ targets }) => targets.some((target) => regions.includes(target.region) || clusterIds.includes(target.clusterId)));
}

/** Of another tenant nothing is told but that it is there. */
function aheadOf(one: WaitingForLimit, limit: Limit, tenantId: string): Turn['ahead'][number] {
  const name = one.tenantId === tenantId ? `${one.serviceName} to ${one.environmentName}` : 'a deployment of another tenant';
  return { deploymentId: one.deploymentId, name, limitId: limit.id, limit: limit.title };
}

async function loadCircle(reader: Tx, tenantId: string, deploymentId: string): Promise<string[]> {
  const waits = await listWaits(reader, tenantId);
  const circle = circleThrough(
    deploymentId,
    waits.map((one) => ({ deploymentId: one.deploymentId, waitsFor: one.waitsFor.flatMap((token) => deploymentOf(token) ?? []) })),
  );
  const others = (circle ?? []).filter((id) => id !== deploymentId);
  if (others.length === 0) return [];
  const titles = await findDeploymentTitles(reader, tenantId, others);
  return others.map((id) => titles.get(id) ?? id);
}
