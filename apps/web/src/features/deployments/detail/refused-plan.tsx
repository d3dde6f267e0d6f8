'use client';

import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { useLive } from '../../../api-client/live.tsx';
import { NearestPlan } from '../../governance/guardrails/nearest-plan.tsx';
import { useTenant } from '../../shell/tenant.tsx';
import type { DeploymentDetail } from '../deployment-detail.ts';

/** Of a deployment that was refused: the nearest plan by which it would pass now. Nothing when no plan would help; it is an offer, so nothing either while it loads. */
export function RefusedPlan({ deployment }: { deployment: DeploymentDetail }) {
  const api = useApi();
  const { slug: tenant, id } = useTenant();
  const { data } = useQuery(api.deployment.nearestPlan.queryOptions({ tenant, deploymentId: deployment.id }));
  // Policies are told to the whole tenant.
  useLive([`tenant:${id}`]);
  if (data === undefined || data === null) return null;
  const { serviceId, environmentId, artifactId } = deployment;
  return <NearestPlan nearest={data} what={{ serviceId, environmentId, artifactId }} />;
}
