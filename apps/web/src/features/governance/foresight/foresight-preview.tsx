'use client';

import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { useLive } from '../../../api-client/live.tsx';
import { QueryView } from '../../query/query-view.tsx';
import { useTenant } from '../../shell/tenant.tsx';
import { ForesightView } from './foresight-view.tsx';

interface ForesightPreviewProps {
  serviceId: string;
  environmentId: string;
  artifactId: string;
  startsItself: boolean;
}

/** How a deployment there would probably go if it were asked for now. */
export function ForesightPreview({ startsItself, ...place }: ForesightPreviewProps) {
  const api = useApi();
  const { slug: tenant, id } = useTenant();
  const query = useQuery(api.deployment.foresee.queryOptions({ tenant, ...place }));
  // Policies, incidents and other deployments are told to the whole tenant.
  useLive([`tenant:${id}`]);
  return (
    <QueryView query={query} failed="It cannot be foreseen how it would go">
      {(foresight) => <ForesightView foresight={foresight} startsItself={startsItself} />}
    </QueryView>
  );
}
