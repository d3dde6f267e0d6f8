'use client';

import { DiffView } from '@flow/ui/diff';
import { EmptyState } from '@flow/ui/feedback';
import { Checkbox } from '@flow/ui/field';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../../api-client/api.ts';
import { QueryView } from '../../query/query-view.tsx';
import { useTenant } from '../../shell/tenant.tsx';
import { changesOf } from './changed-objects.ts';
import type { ObjectChange, RegionChange } from './changed-objects.ts';
import { quietManifest } from './quiet-manifest.ts';

const inWords = new Intl.ListFormat('en', { type: 'conjunction' });

/** What Helm would change against what runs there, object by object, once for all regions in which it is the same. */
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
          <div className="flex flex-col gap-5">
            {changesOf(targets.map((target) => ({ ...target, previous: shown(target.previous), manifest: shown(target.manifest) }))).map(
              (change) => (
                <Change key={change.regions.join(' ')} change={change} />
              ),
            )}
            <Checkbox
              label="Show the label flow.dev/deployment too: it changes each time"
              checked={showsAll}
              onChange={(event) => setShowsAll(event.target.checked)}
            />
          </div>
        )
      }
    </QueryView>
  );
}

function Change({ change: { regions, changed, sameCount } }: { change: RegionChange }) {
  const where = inWords.format(regions);
  return (
    <section aria-label={`Difference in ${where}`} className="flex flex-col gap-2">
      <h3 className="flex flex-wrap items-baseline gap-x-2">
        <span className="font-medium">{where}</span>
        <span className="text-muted text-xs">{summaryOf(changed, sameCount)}</span>
      </h3>
      {changed.map((one) => (
        <DiffView
          key={one.name}
          // Of what is wholly new or gone the name says most.
          isFolded={one.before === '' || one.after === ''}
          title={titleOf(one)}
          before={one.before}
          after={one.after}
          label={`${one.name} in ${where}, before and after`}
        />
      ))}
    </section>
  );
}

function summaryOf(changed: readonly ObjectChange[], sameCount: number): string {
  const same = sameCount === 1 ? '1 object stays as it is' : `${sameCount} objects stay as they are`;
  if (changed.length === 0) return `No difference: ${same}`;
  const moved = changed.length === 1 ? '1 object changes' : `${changed.length} objects change`;
  return sameCount === 0 ? moved : `${moved}, ${same}`;
}

function titleOf({ name, before, after }: ObjectChange): string {
  if (before === '') return `${name} (new)`;
  return after === '' ? `${name} (removed)` : name;
}
