'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { KeyValues } from '@flow/ui/panel';
import { Time } from '@flow/ui/time';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { QueryView } from '../query/query-view.tsx';
import { useTenant } from '../shell/tenant.tsx';
import type { ApprovalItem } from './abilities.ts';

type Deployment = RouterOutputs['deployment']['get'];

const inWords = new Intl.ListFormat('en', { type: 'conjunction' });

/** What a yes sets going: what it replaces, in which regions in which order, and until when the request stands. */
export function WhatNext({ item }: { item: ApprovalItem }) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const query = useQuery(api.deployment.get.queryOptions({ tenant, deploymentId: item.deploymentId }));
  return (
    <QueryView query={query} failed="What comes next cannot be shown">
      {(deployment) => (
        <KeyValues
          items={[
            { label: 'Replaces', value: deployment.previousVersion ?? 'Nothing: the first deployment there' },
            { label: 'Goes to', value: wavesOf(deployment) },
            { label: 'If it fails', value: failureOf(deployment) },
            { label: 'Request ends', value: <Time at={item.expiresAt} /> },
          ]}
        />
      )}
    </QueryView>
  );
}

function failureOf({ previousVersion }: Deployment): string {
  return previousVersion === null
    ? 'It ends as failed for a person to look at: there is no version to go back to'
    : `Its canary is taken back, and ${previousVersion} comes back in every region that it touched`;
}

/** The regions wave by wave: `eu-west, then us-east after 8 s of observation`. */
function wavesOf({ plan, targets }: Deployment): string {
  const waves = Map.groupBy(targets, (target) => target.wave);
  return [...waves.keys()]
    .toSorted((left, right) => left - right)
    .map((wave, index) => {
      const regions = inWords.format((waves.get(wave) ?? []).map((target) => target.region));
      return index === 0 ? regions : `then ${regions} after ${plan.bakeTimeSeconds} s of observation`;
    })
    .join(', ');
}
