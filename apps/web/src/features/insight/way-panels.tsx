import { EmptyState } from '@flow/ui/feedback';
import { Link } from '@flow/ui/link';
import { Panel } from '@flow/ui/panel';
import { DataTable } from '@flow/ui/table';
import { formatDuration } from '@flow/ui/time';
import { sectionPath } from '../governance/policy/governance-page.tsx';
import { useTenant } from '../shell/tenant.tsx';
import type { Behind, Insight, InsightNumber } from './insight-in-url.ts';
import { causeText, counted, holdKindText, lengthText, stepText } from './insight-texts.ts';
import { NumberButton } from './number-button.tsx';

type Show = (behind: Behind) => void;
type Named = Insight['heldBy'][number];

/** Why something went back, most frequent first. */
export function CausePanel({ causes, show }: { causes: Insight['causes']; show: Show }) {
  return (
    <Panel title="Causes of rollbacks" isFlush>
      <DataTable
        caption="Causes of rollbacks"
        rows={causes}
        rowKey={({ of }) => of}
        emptyState={<EmptyState title="Nothing went back in this time" />}
        columns={[
          { key: 'cause', header: 'Cause', isWide: true, cell: ({ of }: Insight['causes'][number]) => causeText(of) },
          {
            key: 'count',
            header: 'Deployments',
            cell: ({ of, count }: Insight['causes'][number]) => (
              <NumberButton text={String(count)} label={causeText(of)} behind={{ number: 'back', of }} show={show} />
            ),
          },
        ]}
      />
    </Panel>
  );
}

/** How long canaries stood at each of their steps. */
export function StepPanel({ steps, show }: { steps: Insight['steps']; show: Show }) {
  return (
    <Panel title="Canary time by step" isFlush>
      <DataTable
        caption="Canary time by step"
        rows={steps}
        rowKey={({ of }) => of}
        emptyState={<EmptyState title="No canary has gone through its steps in this time" />}
        columns={[
          { key: 'step', header: 'Step', isWide: true, cell: ({ of }: Named) => stepText(of) },
          ...lengthColumns({ number: 'step', things: ['region', 'regions'], textOf: stepText, show }),
        ]}
      />
    </Panel>
  );
}

/** How long people took to decide, and what held deployments by itself. */
export function WaitPanel({ insight, show }: { insight: Insight; show: Show }) {
  const { slug } = useTenant();
  const { approval, held, heldKinds, heldBy, policyTitles } = insight;
  const rows = [
    { of: '', name: 'Approval by people', number: 'approval' as const, ...approval },
    { of: '', name: 'Held by rules, freezes, queues and the like', number: 'held' as const, ...held },
    ...heldKinds.map((kind) => ({ ...kind, name: `of that, by ${holdKindText(kind.of)}`, number: 'held' as const })),
  ];
  return (
    <>
      <Panel title="Waiting" isFlush>
        <DataTable
          caption="Waiting"
          rows={rows}
          rowKey={({ number, of }) => `${number} ${of}`}
          columns={[
            { key: 'what', header: 'What for', isWide: true, cell: ({ name }: (typeof rows)[number]) => name },
            ...waitColumns<(typeof rows)[number]>(show),
          ]}
        />
      </Panel>
      <Panel
        title="Time held, by policy"
        isFlush
        actions={
          <Link className="text-accent text-xs hover:underline" href={sectionPath(slug, 'ledger')}>
            What each policy costs and saves
          </Link>
        }
      >
        <DataTable
          caption="Time held, by policy"
          rows={heldBy}
          rowKey={({ of }) => of}
          emptyState={<EmptyState title="Nothing was held in this time" />}
          columns={[
            { key: 'policy', header: 'Policy', isWide: true, cell: ({ of }: Named) => policyTitles[of] ?? of },
            ...lengthColumns({ number: 'heldBy', things: ['deployment', 'deployments'], textOf: (of) => policyTitles[of] ?? of, show }),
          ]}
        />
      </Panel>
    </>
  );
}

interface LengthColumns {
  number: InsightNumber;
  /** What is counted: one and many. */
  things: readonly [string, string];
  textOf: (of: string) => string;
  show: Show;
}

function lengthColumns({ number, things: [one, many], textOf, show }: LengthColumns) {
  return [
    { key: 'median', header: 'Median', cell: ({ medianMs }: Named) => lengthText(medianMs) },
    { key: 'total', header: 'In all', cell: ({ totalMs }: Named) => formatDuration(totalMs) },
    {
      key: 'count',
      header: 'Of',
      cell: ({ of, count }: Named) => (
        <NumberButton text={counted(count, one, many)} label={textOf(of)} behind={{ number, of }} show={show} />
      ),
    },
  ];
}

function waitColumns<Row extends Named & { name: string; number: 'approval' | 'held' }>(show: Show) {
  return [
    { key: 'median', header: 'Median', cell: ({ medianMs }: Row) => lengthText(medianMs) },
    { key: 'total', header: 'In all', cell: ({ count, totalMs }: Row) => (count === 0 ? lengthText(null) : formatDuration(totalMs)) },
    {
      key: 'count',
      header: 'Of',
      cell: ({ of, name, number, count }: Row) =>
        count === 0 ? (
          'no deployment'
        ) : (
          <NumberButton text={counted(count, 'deployment', 'deployments')} label={name} behind={{ number, of }} show={show} />
        ),
    },
  ];
}
