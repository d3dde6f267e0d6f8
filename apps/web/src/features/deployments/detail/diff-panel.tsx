'use client';

import { DiffView } from '@flow/ui/diff';
import { EmptyState, ErrorState, Skeleton } from '@flow/ui/feedback';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { faultOf } from '../../../api-client/fault.ts';
import { useTenant } from '../../shell/tenant.tsx';

/** What Helm would change in each region, against what runs there. */
export function DiffPanel({ deploymentId }: { deploymentId: string }) {
  const api = useApi();
  const tenant = useTenant();
  const diff = useQuery(api.deployment.diff.queryOptions({ tenant: tenant.slug, deploymentId }));
  if (diff.error !== null)
    return <ErrorState title="The difference cannot be shown" message={faultOf(diff.error).message} onRetry={() => void diff.refetch()} />;
  if (diff.data === undefined) return <Skeleton lines={8} />;
  if (diff.data.length === 0)
    return (
      <EmptyState title="Not rendered yet">
        Flow renders the chart for every region before anyone approves; it shows here in a moment.
      </EmptyState>
    );
  return (
    <div className="flex flex-col gap-4">
      {diff.data.map((target) => (
        <section key={target.targetId} aria-label={`Difference in ${target.region}`}>
          <h3 className="mb-1 font-medium">
            {target.region}
            {target.isSame && ' · no difference'}
          </h3>
          <DiffView before={target.previous} after={target.manifest} label={`Manifest in ${target.region}, before and after`} />
        </section>
      ))}
    </div>
  );
}
