'use client';

import { Panel } from '@flow/ui/panel';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { useLive } from '../../../api-client/live.tsx';
import { VerdictPanel } from '../../governance/verdict/verdict-panel.tsx';
import { QueryView } from '../../query/query-view.tsx';
import { useTenant } from '../../shell/tenant.tsx';

/** Every reason that holds a deployment at this moment, whose it is, and who or what lifts it. */
export function WhyItWaits({ deploymentId }: { deploymentId: string }) {
  const api = useApi();
  const { slug: tenant, id } = useTenant();
  const query = useQuery(api.deployment.verdict.queryOptions({ tenant, deploymentId }));
  // Policies and incidents are told to the whole tenant.
  useLive([`tenant:${id}`]);
  return (
    <Panel title="Why it waits">
      <QueryView query={query} failed="The rules could not be asked">
        {(verdict) => (verdict === null ? <p className="text-muted">It has ended.</p> : <VerdictPanel verdict={verdict} />)}
      </QueryView>
    </Panel>
  );
}
