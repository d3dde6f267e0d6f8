import { findExemption } from '../exemption/index.ts';
import { applies } from '../rule/index.ts';
import type { DeploymentRequest, Governance } from '../verdict/index.ts';
import { inputsOfRule } from './reach.ts';
import { isLimit } from './waits-for.ts';

/** A limit on what moves at once, as a queue: whoever waits for room under it goes in turn. */
export interface Limit {
  id: string;
  title: string;
  /** It counts what moves anywhere; else what moves in the same regions and clusters. */
  isEverywhere: boolean;
}

/** The limits that a start must keep: those that are enforced here and that no exemption passes. */
export function limitsOf(
  request: DeploymentRequest,
  { policies, place, facts, exemptions, useKey }: Governance,
  now: Date,
): readonly Limit[] {
  if (request.kind === 'rollback' || facts.request.action !== 'create') return [];
  const { serviceId, environmentId } = place;
  const pass = { serviceId, environmentId, digest: facts.artifact.digest, deploymentId: request.deploymentId, useKey };
  return policies.rules
    .covering(place)
    .filter((rule) => rule.enforcement === 'enforce' && applies(rule.appliesTo, 'create', facts.request.invoker) && isLimit(rule))
    .filter((rule) => findExemption(exemptions, { ...pass, ruleId: rule.id }, now) === null)
    .map((rule) => ({ id: rule.id, title: rule.title, isEverywhere: inputsOfRule(rule).some((input) => input.startsWith('inFlight')) }));
}
