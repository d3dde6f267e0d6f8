'use client';

import { ButtonLink } from '@flow/ui/button';
import { EmptyState } from '@flow/ui/feedback';
import { useUrlFilters } from '../../query/url-filters.ts';
import { useRights } from '../../query/use-rights.ts';
import { useTenant } from '../../shell/tenant.tsx';
import { GovernancePage, sectionPath } from '../policy/governance-page.tsx';
import { PolicyList } from '../policy/policy-list.tsx';
import { ExportFreezes } from './export-freezes.tsx';
import { FreezeCalendar } from './freeze-calendar.tsx';
import { shownWindow } from '../window/window-texts.ts';
import { ImportFreezes } from './import-freezes.tsx';
import { recurrenceText } from '../window/recurrence.ts';
import { ViewLinks } from './view-links.tsx';

/** Freezes as a month, a week or a list. */
export function FreezesPage() {
  const { slug } = useTenant();
  const { can, isPlatformAdmin } = useRights();
  const view = useUrlFilters().get('view');
  return (
    <GovernancePage
      section="freezes"
      title="Freezes"
      subtitle="Times in which nothing in their scope is deployed."
      actions={
        <>
          <ExportFreezes />
          {can('policy:manage') ? <ImportFreezes /> : null}
          {can('policy:manage') || isPlatformAdmin ? (
            <ButtonLink variant="primary" href={`${sectionPath(slug, 'freezes')}/new`}>
              New freeze
            </ButtonLink>
          ) : null}
        </>
      }
    >
      <ViewLinks view={view} />
      {view === 'list' ? (
        <PolicyList
          kind="freeze"
          section="freezes"
          caption="Freezes"
          what={{ header: 'When', cell: (policy) => <When document={policy.document} /> }}
          emptyState={
            <EmptyState title="No freezes yet">
              A freeze names a time, once or recurring, in which nothing in its scope is deployed, and what becomes of what is moving when
              it begins.
            </EmptyState>
          }
        />
      ) : (
        <FreezeCalendar isWeek={view === 'week'} />
      )}
    </GovernancePage>
  );
}

function When({ document }: { document: Readonly<Record<string, unknown>> }) {
  const { start, end, zone, recurrence } = shownWindow.parse(document['window']);
  return (
    <span className="tabular-nums">
      {start.replace('T', ' ')} to {end.slice(0, 10) === start.slice(0, 10) ? end.slice(11) : end.replace('T', ' ')}
      <span className="text-muted block text-xs">
        {zone}, {recurrenceText(recurrence)}
      </span>
    </span>
  );
}
