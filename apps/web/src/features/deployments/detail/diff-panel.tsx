'use client';

import { DiffView } from '@flow/ui/diff';
import { EmptyState } from '@flow/ui/feedback';
import { Checkbox } from '@flow/ui/field';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../../api-client/api.ts';
import { QueryView } from '../../query/query-view.tsx';
import { useTenant } from '../../shell/tenant.tsx';
import { quietManifest } from './quiet-manifest.ts';

/** What Helm would change in each region, against what runs there. */
export function DiffPanel({ deploymentId }: { deploymentId: string }) {
  const api = useApi();
  const tenant = useTenant();
  const [showsAll, setShowsAll] = useState(false);
  const diff = useQuery(api.deployment.diff.queryOptions({ tenant: tenant.slug, deploymentId }));
  const shown = showsAll ? (manifest: string) => manifest : quietManifest;
  return (
    <QueryView query={diff} failed="The difference cannot be shown">
      {(targets) =>
        targets.length === 0 ? (
          <EmptyState title="Not rendered yet">
            Flow renders the chart for every region before anyone approves; it shows here in a moment.
          </EmptyState>
        ) : (
          <div className="flex flex-col gap-4">
            <Checkbox
              label="Show the label flow.dev/deployment too: it changes each time"
              checked={showsAll}
              onChange={(event) => setShowsAll(event.target.checked)}
            />
            {targets.map((target) => (
              <section key={target.targetId} aria-label={`Difference in ${target.region}`}>
                <h3 className="mb-1 font-medium">
                  {target.region}
                  {shown(target.previous) === shown(target.manifest) && ' · no difference'}
                </h3>
                <DiffView
                  before={shown(target.previous)}
                  after={shown(target.manifest)}
                  label={`Manifest in ${target.region}, before and after`}
                />
              </section>
            ))}
          </div>
        )
      }
    </QueryView>
  );
}
