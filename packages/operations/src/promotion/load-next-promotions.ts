import { nextPromotion } from '@flow/core/promotion';
import type { NextPromotion, PathStage, PromotionFacts, PromotionRule, RunningIn } from '@flow/core/promotion';
import { matchesScope } from '@flow/core/rule';
import { listEnvironments } from '@flow/db/catalog';
import type { ServiceDetail } from '@flow/db/catalog';
import type { Tx } from '@flow/db/client';
import { listPromotionRules } from '@flow/db/policy';
import { findPin, findTried, listRunningInPlaces, listUnderway } from '@flow/db/promotion';
import { toPolicy } from '../policy/parse-policy.ts';
import { placeOf } from '../verdict/load-governance.ts';

/** A promotion rule that covers a service, with what it does next with it. */
export interface RuledPromotion {
  rule: PromotionRule;
  fromName: string;
  toName: string;
  next: NextPromotion;
}

interface Asked {
  service: ServiceDetail;
  /** Only rules that promote from this environment; left out for all. */
  fromId?: string;
  now: Date;
}

/** What the promotion rules that are not switched off do next with a service, along the promotion path. Where there are none it costs one query. */
export async function loadNextPromotions(reader: Tx, tenantId: string, { service, fromId, now }: Asked): Promise<RuledPromotion[]> {
  const rules = (await listPromotionRules(reader, tenantId)).flatMap((row) => {
    const policy = toPolicy(row, tenantId);
    return policy.kind === 'promotion' && (fromId === undefined || policy.promotion.fromId === fromId) ? [policy.promotion] : [];
  });
  if (rules.length === 0) return [];
  const environments = await listEnvironments(reader, tenantId);
  const path = environments.map((one) => ({ ...one, regions: one.targets.map(({ region }) => region) }));
  const running = await listRunningInPlaces(reader, tenantId, [service.id]);
  const found: RuledPromotion[] = [];
  for (const { id, name } of path)
    for (const rule of rules.filter((one) => one.toId === id)) {
      const to = environments.find((one) => one.id === id);
      const from = path.find((one) => one.id === rule.fromId);
      if (from === undefined || to === undefined || !matchesScope(rule.scope, placeOf(tenantId, service, to))) continue;
      const facts = await loadFacts(reader, tenantId, { service, rule, path, running });
      found.push({ rule, fromName: from.name, toName: name, next: nextPromotion(rule, facts, now) });
    }
  return found;
}

interface Case {
  service: ServiceDetail;
  rule: PromotionRule;
  path: readonly PathStage[];
  running: readonly RunningIn[];
}

async function loadFacts(reader: Tx, tenantId: string, { service, rule, path, running }: Case): Promise<PromotionFacts> {
  const place = { serviceId: service.id, environmentId: rule.toId };
  const below = running.filter(({ environmentId }) => environmentId === rule.fromId);
  return {
    serviceName: service.name,
    path,
    running,
    // One after the other: a transaction has one connection.
    pin: await findPin(reader, tenantId, place),
    underway: await listUnderway(reader, tenantId, place),
    tried: await findTried(reader, tenantId, { ...place, artifactIds: [...new Set(below.map(({ artifactId }) => artifactId))] }),
  };
}
