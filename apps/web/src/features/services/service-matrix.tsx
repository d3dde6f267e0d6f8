'use client';

import { EmptyState } from '@flow/ui/feedback';
import { Badge } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import Link from 'next/link';
import { driftText } from '../drift/drift-texts.ts';
import { useTenant } from '../shell/tenant.tsx';
import { PinState } from '../promotion/pin-state.tsx';
import { WayBackLight } from '../way-back/light.tsx';
import { NewestState } from './newest-state.tsx';
import type { Service } from './service-page.tsx';

type Environment = Service['environments'][number];

/** Environments down, regions across; in each cell the version that runs there, since when, and whether it can be rolled back. */
export function ServiceMatrix({ service }: { service: Service }) {
  const { slug } = useTenant();
  const regions = [...new Set(service.environments.flatMap((environment) => environment.regions))].toSorted();
  if (service.environments.length === 0) {
    return (
      <EmptyState
        title="No environments yet"
        action={
          <Link className="text-accent underline" href={`/t/${slug}/environments`}>
            Environments
          </Link>
        }
      >
        An admin of this tenant creates them: then artifacts can be deployed there.
      </EmptyState>
    );
  }
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-left text-sm">
        <caption className="sr-only">Versions by environment and region</caption>
        <thead>
          <tr className="text-muted text-xs">
            <th scope="col" className="px-4 py-2 font-medium">
              Environment
            </th>
            {regions.map((region) => (
              <th key={region} scope="col" className="px-4 py-2 font-medium">
                {region}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {service.environments.map((environment) => (
            <tr key={environment.id} className="border-t border-line">
              <th scope="row" className="px-4 py-2 font-medium">
                {environment.name}
                <NewestState newest={service.newest} environmentId={environment.id} />
                <PinState service={service} environment={environment} />
                <Link
                  className="text-accent flex min-h-6 w-fit items-center text-xs font-normal hover:underline"
                  href={`/t/${slug}/deployments?service=${service.slug}&environment=${environment.id}`}
                >
                  History<span className="sr-only"> of {environment.name}</span>
                </Link>
              </th>
              {regions.map((region) => (
                <td key={region} className="px-4 py-2 whitespace-nowrap">
                  <Cell service={service} environment={environment} region={region} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ service, environment, region }: { service: Service; environment: Environment; region: string }) {
  const { slug } = useTenant();
  const running = service.versions.find((one) => one.environmentId === environment.id && one.region === region);
  const driftCount = service.drift.find((one) => one.environmentId === environment.id && one.region === region)?.count ?? 0;
  if (running !== undefined) {
    return (
      <>
        <Link data-row className="text-accent mr-1 font-medium hover:underline" href={`/t/${slug}/deployments/${running.deploymentId}`}>
          {running.version}
        </Link>{' '}
        <Time at={running.since} />
        <WayBackLight wayBack={running.wayBack} />
        {driftCount === 0 ? null : (
          <>
            {' '}
            <a className="inline-flex min-h-6 items-center" href="#drift">
              <Badge tone="warning">{driftText(driftCount)}</Badge>
            </a>
          </>
        )}
      </>
    );
  }
  return <span className="text-muted">{environment.regions.includes(region) ? 'Not deployed' : '–'}</span>;
}
