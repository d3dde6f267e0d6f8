'use client';

import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { useLive } from '../../api-client/live.tsx';
import { DeploymentLine } from '../deployments/deployment-line.tsx';
import { QueryView } from '../query/query-view.tsx';
import { useTenant } from '../shell/tenant.tsx';

/** The deployment that a stage asked for, live in one line: how far it has come in each region. */
export function StageDeployment({ deploymentId }: { deploymentId: string }) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const query = useQuery(api.deployment.get.queryOptions({ tenant, deploymentId }));
  useLive([`deployment:${deploymentId}`]);
  return (
    <QueryView query={query} failed="The deployment could not be loaded">
      {(deployment) => (
        <ul className="rounded-md border border-line">
          <DeploymentLine
            row={{
              ...deployment,
              targets: deployment.targets.map((target) => ({
                ...target,
                stepIndex: target.observed?.stepIndex ?? null,
                stepCount: target.observed?.stepCount ?? 0,
                canaryWeight: target.observed?.canaryWeight ?? 0,
              })),
            }}
          />
        </ul>
      )}
    </QueryView>
  );
}
