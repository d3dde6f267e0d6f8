'use client';

import { CommandPalette } from '@flow/ui/palette';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { isCommitHash } from '../promotion/commit-hash.ts';
import { useMyPlaces } from './navigation.ts';
import { logOut } from './log-out.ts';
import { stateLabel } from './states.ts';

interface PaletteProps {
  slug: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onHelp: () => void;
}

/** Reaches every page, every service, the newest runs and deployments, and by its hash any commit. */
export function Palette({ slug, open, onOpenChange, onHelp }: PaletteProps) {
  const api = useApi();
  const router = useRouter();
  const places = useMyPlaces(slug);
  const [typed, setTyped] = useState('');
  const services = useQuery({ ...api.service.list.queryOptions({ tenant: slug, limit: 50 }), enabled: open });
  const runs = useQuery({ ...api.run.list.queryOptions({ tenant: slug, limit: 15 }), enabled: open });
  const deployments = useQuery({ ...api.deployment.list.queryOptions({ tenant: slug, limit: 15 }), enabled: open });
  const go = (path: string) => () => {
    onOpenChange(false);
    router.push(`/t/${slug}${path}`);
  };
  return (
    <CommandPalette
      open={open}
      onOpenChange={onOpenChange}
      onType={setTyped}
      groups={[
        {
          heading: 'Commit',
          items: isCommitHash(typed)
            ? [
                {
                  id: `commit-${typed.trim()}`,
                  label: `Where is commit ${typed.trim()} now?`,
                  onSelect: go(`/commits/${typed.trim().toLowerCase()}`),
                },
              ]
            : [],
        },
        {
          heading: 'Pages',
          items: places.map((place) => ({ id: place.path, label: place.label, hint: `g ${place.key}`, onSelect: go(place.path) })),
        },
        {
          heading: 'Services',
          items: (services.data?.items ?? []).map((service) => ({
            id: service.id,
            label: service.name,
            keywords: [service.slug],
            onSelect: go(`/services/${service.slug}`),
          })),
        },
        {
          heading: 'Runs',
          items: (runs.data?.items ?? []).map((run) => ({
            id: run.id,
            label: `${run.serviceName} #${run.number}`,
            keywords: [run.commitMessage, run.commitSha],
            hint: stateLabel(run.state),
            onSelect: go(`/runs/${run.id}`),
          })),
        },
        {
          heading: 'Deployments',
          items: (deployments.data?.items ?? []).map((row) => ({
            id: row.id,
            label: `${row.serviceName} ${row.version} to ${row.environmentName}`,
            hint: stateLabel(row.state),
            onSelect: go(`/deployments/${row.id}`),
          })),
        },
        {
          heading: 'Actions',
          items: [
            { id: 'tenant', label: 'Change the tenant', onSelect: () => router.push('/') },
            {
              id: 'keys',
              label: 'Show the keys',
              hint: '?',
              onSelect: () => {
                onOpenChange(false);
                onHelp();
              },
            },
            { id: 'sign-out', label: 'Sign out', onSelect: () => void logOut() },
          ],
        },
      ]}
    />
  );
}
