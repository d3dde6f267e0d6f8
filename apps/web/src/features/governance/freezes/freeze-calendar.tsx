'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Button } from '@flow/ui/button';
import { Link } from '@flow/ui/link';
import { Skeleton } from '@flow/ui/feedback';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { useLive } from '../../../api-client/live.tsx';
import { QueryView } from '../../query/query-view.tsx';
import { useUrlFilters } from '../../query/url-filters.ts';
import { useTenant } from '../../shell/tenant.tsx';
import { sectionPath } from '../policy/governance-page.tsx';
import { addDays, addMonths, partOfDay, spansOn, startOf, weekOf, weeksOfMonth } from './calendar.ts';
import type { Day } from './calendar.ts';
import { useToday } from './today.ts';
import { viewerZone } from './clock.ts';

type Occurrence = RouterOutputs['policy']['freezeOccurrences'][number];

/** A month or a week of freezes in the viewer's zone, each with a zone of its own named. The day that is shown is in the URL. */
export function FreezeCalendar({ isWeek }: { isWeek: boolean }) {
  const today = useToday();
  const filters = useUrlFilters();
  const asked = filters.get('day');
  const day = /^\d{4}-\d{2}-\d{2}$/.test(asked) ? asked : today;
  if (day === undefined || today === undefined) return <Skeleton lines={8} />;
  const weeks = isWeek ? [weekOf(day)] : weeksOfMonth(day);
  const go = (count: number): void => filters.set({ day: isWeek ? addDays(day, count * 7) : addMonths(day, count) });
  return (
    <section aria-labelledby="calendar-title" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Button size="s" onClick={() => go(-1)}>
          {isWeek ? 'Week before' : 'Month before'}
        </Button>
        <Button size="s" onClick={() => filters.set({ day: '' })}>
          Today
        </Button>
        <Button size="s" onClick={() => go(1)}>
          {isWeek ? 'Week after' : 'Month after'}
        </Button>
        <h2 id="calendar-title" className="ml-2 font-semibold" aria-live="polite">
          {titleOf(weeks, isWeek ? undefined : day)}
        </h2>
        <p className="text-muted ml-auto text-xs">Times are yours: {viewerZone()}</p>
      </div>
      <Weeks weeks={weeks} month={isWeek ? '' : day.slice(0, 7)} today={today} />
    </section>
  );
}

function titleOf(weeks: readonly Day[][], day: Day | undefined): string {
  if (day !== undefined) return startOf(day).toLocaleDateString(undefined, { month: 'long', year: 'numeric' });
  const [first = '', last = ''] = [weeks[0]?.[0], weeks[0]?.at(-1)];
  return `${startOf(first).toLocaleDateString(undefined, { dateStyle: 'long' })} to ${startOf(last).toLocaleDateString(undefined, { dateStyle: 'long' })}`;
}

function Weeks({ weeks, month, today }: { weeks: readonly Day[][]; month: string; today: Day }) {
  const api = useApi();
  const { slug: tenant, id } = useTenant();
  const days = weeks.flat();
  const range = { from: startOf(days[0] ?? today).toISOString(), to: startOf(addDays(days.at(-1) ?? today, 1)).toISOString() };
  const query = useQuery(api.policy.freezeOccurrences.queryOptions({ tenant, ...range }, { placeholderData: keepPreviousData }));
  useLive([`tenant:${id}`]);
  return (
    <QueryView query={query} failed="The freezes could not be loaded">
      {(occurrences) => (
        <>
          <table className="bg-surface w-full table-fixed border-collapse rounded-lg border border-line max-sm:block">
            <caption className="sr-only">Freezes by day</caption>
            <thead className="max-sm:sr-only">
              <tr>
                {weekOf(today).map((day) => (
                  <th key={day} scope="col" className="text-muted border border-line px-2 py-1 text-left text-xs font-medium">
                    {startOf(day).toLocaleDateString(undefined, { weekday: 'long' })}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="max-sm:block">
              {weeks.map((week) => (
                <tr key={week[0]} className="max-sm:block">
                  {week.map((day) => (
                    <DayCell
                      key={day}
                      day={day}
                      isToday={day === today}
                      isOutside={month !== '' && !day.startsWith(month)}
                      occurrences={spansOn(occurrences, day)}
                    />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {occurrences.length === 0 ? <p className="text-muted">No freeze is in force in this time.</p> : null}
        </>
      )}
    </QueryView>
  );
}

interface DayCellProps {
  day: Day;
  isToday: boolean;
  /** Of the month before or after. */
  isOutside: boolean;
  occurrences: readonly Occurrence[];
}

function DayCell({ day, isToday, isOutside, occurrences }: DayCellProps) {
  const { slug } = useTenant();
  // On a phone the days stand below each other: those without a freeze would only be in the way.
  const isHiddenOnPhone = occurrences.length === 0 && !isToday;
  return (
    <td
      {...(isToday ? { 'aria-current': 'date' } : {})}
      className={`h-24 border border-line p-1.5 align-top max-sm:h-auto ${isOutside ? 'bg-bg' : ''} ${isHiddenOnPhone ? 'max-sm:hidden' : 'max-sm:block'}`}
    >
      <p className={`text-xs tabular-nums ${isToday ? 'text-accent font-semibold' : 'text-muted'}`}>
        <time dateTime={day}>
          <span className="sm:hidden">
            {startOf(day).toLocaleDateString(undefined, { weekday: 'long', day: 'numeric', month: 'long' })}
          </span>
          <span className="max-sm:hidden">{Number(day.slice(8))}</span>
        </time>
        {isToday ? ' · today' : ''}
      </p>
      <ul className="mt-1 flex flex-col gap-1">
        {occurrences.map((one) => (
          <li key={`${one.policyId} ${one.startAt}`}>
            <Link
              href={`${sectionPath(slug, 'freezes')}/${one.policyId}`}
              className={`block rounded border px-1.5 py-0.5 text-xs hover:underline ${one.enforcement === 'shadow' ? 'bg-info-bg border-info-line text-info-fg border-dashed' : 'bg-waiting-bg border-waiting-line text-waiting-fg'}`}
            >
              <span className="block font-medium break-words">
                {one.title}
                {one.enforcement === 'shadow' ? ' (shadow)' : ''}
              </span>
              {partOfDay(one, day)}
              {one.zone === viewerZone() ? '' : ` · set in ${one.zone}`}
            </Link>
          </li>
        ))}
      </ul>
    </td>
  );
}
