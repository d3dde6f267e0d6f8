'use client';

import { CommandPalette } from '@flow/ui/palette';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useApi } from '../../api-client/api.ts';
import { useMyPlaces } from './navigation.ts';

/** Reaches every page, every service and what moves now. */
export function Palette({ slug, open, onOpenChange }: { slug: string; open: boolean; onOpenChange: (open: boolean) => void }) {
  const api = useApi();
  const router = useRouter();
  const places = useMyPlaces(slug);
  const services = useQuery({ ...api.service.list.queryOptions({ tenant: slug, limit: 50 }), enabled: open });
  const deployments = useQuery({ ...api.deployment.list.queryOptions({ tenant: slug, limit: 15 }), enabled: open });
  const go = (path: string) => () => {
    onOpenChange(false);
    router.push(`/t/${slug}${path}`);
  };
  return (
    <CommandPalette
      open={open}
      onOpenChange={onOpenChange}
      groups={[
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
          heading: 'Deployments',
          items: (deployments.data?.items ?? []).map((row) => ({
            id: row.id,
            label: `${row.serviceName} ${row.version} to ${row.environmentName}`,
            hint: row.state,
            onSelect: go(`/deployments/${row.id}`),
          })),
        },
      ]}
    />
  );
}
