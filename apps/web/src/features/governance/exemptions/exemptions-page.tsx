'use client';

import { EmptyState } from '@flow/ui/feedback';
import { SelectField } from '@flow/ui/field';
import { Panel } from '@flow/ui/panel';
import { Pager } from '@flow/ui/table';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { useLive } from '../../../api-client/live.tsx';
import { QueryView } from '../../query/query-view.tsx';
import { useUrlFilters } from '../../query/url-filters.ts';
import { useTenant } from '../../shell/tenant.tsx';
import { GovernancePage } from '../policy/governance-page.tsx';
import { ExemptionItem } from './exemption-item.tsx';

const views = [
  { value: 'open', label: 'What is open' },
  { value: 'asked', label: 'Waiting for an answer' },
  { value: 'inForce', label: 'In force' },
  { value: 'reviews', label: 'Waiting for a review' },
  { value: 'all', label: 'All, also what is over' },
] as const;
type View = (typeof views)[number]['value'];

/** Exemptions and break-glasses: what waits for an answer, what opens now, and which reviews are open. */
export function ExemptionsPage() {
  const api = useApi();
  const { slug: tenant, id } = useTenant();
  const filters = useUrlFilters();
  const view: View = views.find(({ value }) => value === filters.get('view'))?.value ?? 'open';
  const place = filters.cursor === undefined ? {} : { cursor: filters.cursor };
  const query = useQuery(api.exemption.list.queryOptions({ tenant, view, ...place }, { placeholderData: keepPreviousData }));
  useLive([`tenant:${id}`]);
  return (
    <GovernancePage
      section="exemptions"
      title="Exemptions"
      subtitle="Asked for where something is stopped: on the page of a service, in the dialog that deploys, on a deployment that waits."
    >
      <div className="max-w-72">
        <SelectField
          label="Show"
          options={[...views]}
          value={view}
          onChange={(event) => filters.set({ view: event.target.value === 'open' ? '' : event.target.value })}
        />
      </div>
      <QueryView query={query} failed="The exemptions could not be loaded">
        {({ items, nextCursor }) => (
          <div className="flex flex-col gap-3">
            <Panel isFlush>
              {items.length === 0 ? (
                <Nothing view={view} />
              ) : (
                <ul className="divide-y divide-line">
                  {items.map((exemption) => (
                    <li key={exemption.id}>
                      <ExemptionItem exemption={exemption} />
                    </li>
                  ))}
                </ul>
              )}
            </Panel>
            <Pager
              hasNewer={filters.cursor !== undefined}
              hasOlder={nextCursor !== null}
              onNewer={filters.goNewer}
              onOlder={() => filters.goOlder(nextCursor ?? '')}
            />
          </div>
        )}
      </QueryView>
    </GovernancePage>
  );
}

function Nothing({ view }: { view: View }) {
  if (view === 'all') return <EmptyState title="No exemption was ever asked for">Every rule has held for everyone.</EmptyState>;
  return (
    <EmptyState title="Nothing is open">
      No exemption is in force, none waits for an answer, and every break-glass has been reviewed, as far as this list goes.
    </EmptyState>
  );
}
