'use client';

import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { useLive } from '../../../api-client/live.tsx';
import { QueryView } from '../../query/query-view.tsx';
import { useTenant } from '../../shell/tenant.tsx';
import { ExplanationView } from './explanation-view.tsx';

interface ExplanationPreviewProps {
  serviceId: string;
  environmentId: string;
  /** Which version; the newest of the service unless given. */
  artifactId?: string;
  /** How a deployment by the nearest plan is asked for, where it is offered. */
  startsItself?: boolean;
  onAsked?: (() => void) | undefined;
}

/** "Can I deploy now?": what the rules would say if a deployment there were asked for, with everything that was considered. */
export function ExplanationPreview({ artifactId, startsItself = true, onAsked, ...place }: ExplanationPreviewProps) {
  const api = useApi();
  const { slug: tenant, id } = useTenant();
  const query = useQuery(api.deployment.explain.queryOptions({ tenant, ...place, ...(artifactId === undefined ? {} : { artifactId }) }));
  // Policies, incidents and other deployments are told to the whole tenant.
  useLive([`tenant:${id}`]);
  return (
    <QueryView query={query} failed="The rules could not be asked">
      {(explanation) => (
        <ExplanationView
          explanation={explanation}
          what={artifactId === undefined ? null : { ...place, artifactId, startsItself }}
          exempts={artifactId === undefined ? null : { kind: 'place', ...place, artifactId }}
          onAsked={onAsked}
        />
      )}
    </QueryView>
  );
}
