'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Button } from '@flow/ui/button';
import { EmptyState, Notice } from '@flow/ui/feedback';
import { Panel } from '@flow/ui/panel';
import { Status } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import { toast } from '@flow/ui/toast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { QueryView } from '../query/query-view.tsx';
import { useRights } from '../query/use-rights.ts';
import { useTenant } from '../shell/tenant.tsx';
import { DriftedPlace } from './drifted-place.tsx';
import { earliest, placesText } from './drift-texts.ts';

export type DriftPlace = RouterOutputs['drift']['list'][number];

/** What runs of a service against what was deployed: where it is the same, what is not, and what can be done about it. */
export function DriftPanel({ service }: { service: { id: string; name: string } }) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const query = useQuery(api.drift.list.queryOptions({ tenant, serviceId: service.id }));
  return (
    <Panel id="drift" title="Drift" actions={<CompareNow service={service} places={query.data ?? []} />}>
      <QueryView query={query} failed="What runs could not be compared with what was deployed">
        {(places) => <Places service={service} places={places} />}
      </QueryView>
    </Panel>
  );
}

function Places({ service, places }: { service: { id: string; name: string }; places: readonly DriftPlace[] }) {
  if (places.length === 0) {
    return <EmptyState title="Nothing runs yet">Once something is deployed, Flow compares what runs with it every few minutes.</EmptyState>;
  }
  const drifted = places.filter((place) => place.differences.length > 0);
  const rest = places.filter((place) => place.differences.length === 0);
  const same = rest.filter((place) => place.trouble === '' && place.comparedAt !== null);
  const open = rest.filter((place) => place.trouble === '' && place.comparedAt === null);
  return (
    <div className="flex flex-col gap-5">
      {drifted.map((place) => (
        <DriftedPlace key={place.targetId} service={service} place={place} />
      ))}
      {places
        .filter((place) => place.trouble !== '')
        .map((place) => (
          <Notice key={place.targetId} tone="warning" title={`${placesText([place])} could not be compared`}>
            {place.trouble}
          </Notice>
        ))}
      {same.length === 0 ? null : <AsDeployed places={same} />}
      {open.length === 0 ? null : <p className="text-muted">{`${placesText(open)}: not compared yet.`}</p>}
    </div>
  );
}

function AsDeployed({ places }: { places: readonly DriftPlace[] }) {
  return (
    <p className="flex flex-wrap items-center gap-x-2">
      <Status tone="success" label="As deployed" />
      <span>{placesText(places)}</span>
      <span className="text-muted text-xs">
        compared <Time at={earliest(places.map((place) => place.comparedAt))} />
      </span>
    </p>
  );
}

function CompareNow({ service, places }: { service: { id: string; name: string }; places: readonly DriftPlace[] }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const { can } = useRights();
  const compare = useMutation(
    api.drift.compare.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(api.drift.pathFilter()),
      onError: (error) => toast(faultOf(error).message),
    }),
  );
  if (!can('deployment:ask') || places.length === 0) return null;
  const isAwaited = places.some((place) => place.isAwaited);
  return (
    <Button size="s" isBusy={compare.isPending || isAwaited} onClick={() => compare.mutate({ tenant, serviceId: service.id })}>
      {isAwaited ? 'Being compared…' : 'Compare now'}
    </Button>
  );
}
