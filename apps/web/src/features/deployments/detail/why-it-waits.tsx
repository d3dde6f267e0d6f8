'use client';

import { Panel } from '@flow/ui/panel';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { useLive } from '../../../api-client/live.tsx';
import { ExplanationView } from '../../governance/explanation/explanation-view.tsx';
import { QueryView } from '../../query/query-view.tsx';
import { StartChoice } from '../../queue/start-choice.tsx';
import { useTenant } from '../../shell/tenant.tsx';

interface WhyItWaitsProps {
  deployment: { id: string; startsItself: boolean };
}

/** Every reason that holds a deployment at this moment, whose it is, who or what lifts it, and whether it then starts by itself. */
export function WhyItWaits({ deployment }: WhyItWaitsProps) {
  const api = useApi();
  const { slug: tenant, id } = useTenant();
  const query = useQuery(api.deployment.explainWaiting.queryOptions({ tenant, deploymentId: deployment.id }));
  // Policies and incidents are told to the whole tenant.
  useLive([`tenant:${id}`]);
  return (
    <Panel title="Why it waits">
      <QueryView query={query} failed="The rules could not be asked">
        {(explanation) =>
          explanation === null ? (
            <p className="text-muted">It has ended.</p>
          ) : (
            <div className="flex flex-col gap-4">
              <ExplanationView explanation={explanation} exempts={{ kind: 'deployment', deploymentId: deployment.id }} />
              <StartChoice deployment={deployment} isFree={explanation.verdict.kind === 'allowed'} />
            </div>
          )
        }
      </QueryView>
    </Panel>
  );
}
