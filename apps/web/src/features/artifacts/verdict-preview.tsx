'use client';

import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { VerdictPanel } from '../governance/verdict/verdict-panel.tsx';
import { QueryView } from '../query/query-view.tsx';
import { useTenant } from '../shell/tenant.tsx';

interface VerdictPreviewProps {
  serviceId: string;
  environmentId: string;
  /** Which version; the newest of the service unless given. */
  artifactId?: string;
}

/** What the rules would say if a deployment there were asked for now. */
export function VerdictPreview({ artifactId, ...place }: VerdictPreviewProps) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const query = useQuery(api.deployment.preview.queryOptions({ tenant, ...place, ...(artifactId === undefined ? {} : { artifactId }) }));
  return (
    <QueryView query={query} failed="The rules could not be asked">
      {(verdict) => <VerdictPanel verdict={verdict} />}
    </QueryView>
  );
}
