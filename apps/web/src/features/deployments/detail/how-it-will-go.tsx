'use client';

import { Panel } from '@flow/ui/panel';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { useLive } from '../../../api-client/live.tsx';
import { ForesightView } from '../../governance/foresight/foresight-view.tsx';
import { QueryView } from '../../query/query-view.tsx';
import { useTenant } from '../../shell/tenant.tsx';

/** When a deployment that waits will probably start and arrive, and what will hold it on the way. */
export function HowItWillGo({ deployment }: { deployment: { id: string; startsItself: boolean } }) {
  const api = useApi();
  const { slug: tenant, id } = useTenant();
  const query = useQuery(api.deployment.foreseeWaiting.queryOptions({ tenant, deploymentId: deployment.id }));
  // Policies and incidents are told to the whole tenant.
  useLive([`tenant:${id}`]);
  return (
    <Panel title="What comes next">
      <QueryView query={query} failed="It cannot be foreseen how it will go">
        {(foresight) =>
          foresight === null ? (
            <p className="text-muted">It has begun.</p>
          ) : (
            <ForesightView foresight={foresight} startsItself={deployment.startsItself} />
          )
        }
      </QueryView>
    </Panel>
  );
}
