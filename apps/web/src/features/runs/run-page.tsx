'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Notice } from '@flow/ui/feedback';
import { KeyValues, PageHeader, Panel } from '@flow/ui/panel';
import { StageGraph } from '@flow/ui/stage-graph';
import { Status } from '@flow/ui/status';
import { Duration, Time } from '@flow/ui/time';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useApi } from '../../api-client/api.ts';
import { useLive } from '../../api-client/live.tsx';
import { QueryView } from '../query/query-view.tsx';
import { useUrlFilters } from '../query/url-filters.ts';
import { usePageTitle } from '../shell/page-title.ts';
import { stateLabel, stateTone } from '../shell/states.ts';
import { useTenant } from '../shell/tenant.tsx';
import { RunActions } from './run-actions.tsx';
import { findPlace } from './run-place.ts';
import { Reason, StagePanel } from './stage-panel.tsx';

export type Run = RouterOutputs['run']['get'];
export type Stage = Run['stages'][number];

/** One run: its stages as a graph, and of the selected stage the steps and the log. */
export function RunPage({ runId }: { runId: string }) {
  const api = useApi();
  const { slug } = useTenant();
  const query = useQuery(api.run.get.queryOptions({ tenant: slug, runId }));
  useLive([`run:${runId}`]);
  return (
    <QueryView query={query} failed="The run could not be loaded">
      {(run) => <LoadedRun run={run} />}
    </QueryView>
  );
}

function LoadedRun({ run }: { run: Run }) {
  const { slug } = useTenant();
  const filters = useUrlFilters();
  usePageTitle(`${stateLabel(run.state)}: ${run.serviceName} #${run.number}`);
  const place = findPlace(run.stages, { stage: filters.get('stage'), step: filters.get('step') });
  // The stage that the run waits for or failed in says it, unless another one is on the screen.
  const isSaidBelow = place.stage?.reason === run.reason;
  const nodes = run.stages.map((stage) => ({
    id: stage.key,
    label: stage.name,
    tone: stateTone(stage.state),
    statusLabel: stateLabel(stage.state),
    needs: stage.needs,
    detail: detailOf(stage),
    isSelected: stage.key === place.stage?.key,
  }));
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        title={`${run.serviceName} #${run.number}`}
        subtitle={
          <span className="flex flex-wrap items-center gap-x-3">
            <Status tone={stateTone(run.state)} label={stateLabel(run.state)} />
            {run.startedAt === null ? null : (
              <span>
                {run.finishedAt === null ? 'for' : 'took'} <Duration from={run.startedAt} to={run.finishedAt} />
              </span>
            )}
            <span className="min-w-0 break-words">
              <code className="font-mono text-xs">{run.commitSha.slice(0, 8)}</code> on {run.branch}
              {run.commitMessage === '' ? '' : ` · ${run.commitMessage}`}
            </span>
          </span>
        }
        crumbs={[
          { label: 'Services', href: `/t/${slug}/services` },
          { label: run.serviceName, href: `/t/${slug}/services/${run.serviceSlug}` },
        ]}
        actions={<RunActions run={run} />}
      />
      {run.isCancelRequested && run.finishedAt === null ? (
        <Notice tone="info">This run was asked to stop: what runs ends at its next safe point.</Notice>
      ) : null}
      {isSaidBelow ? null : <Reason state={run.state} reason={run.reason} />}
      <Panel title="Stages">
        {nodes.length === 0 ? (
          <p>The stages appear when Flow has read the pipeline of this commit.</p>
        ) : (
          <StageGraph nodes={nodes} onSelect={(stage) => filters.set({ stage, step: '', line: '' })} />
        )}
      </Panel>
      {place.stage === undefined ? null : <StagePanel run={run} stage={place.stage} step={place.step} filters={filters} />}
      <RunFacts run={run} />
    </div>
  );
}

function RunFacts({ run }: { run: Run }) {
  const { slug } = useTenant();
  const started = run.startedAt;
  return (
    <Panel title="Facts">
      <KeyValues
        items={[
          { label: 'Branch', value: run.branch },
          {
            label: 'Commit',
            value: (
              <>
                <code className="mr-2 font-mono text-xs break-all">{run.commitSha}</code>
                <Link className="text-accent underline" href={`/t/${slug}/commits/${run.commitSha}`}>
                  Where is it now?
                </Link>
              </>
            ),
          },
          { label: 'Author', value: run.commitAuthor === '' ? 'Not known' : run.commitAuthor },
          { label: 'Started by', value: run.requestedByName ?? (run.trigger === 'push' ? 'A push to the repository' : 'Flow') },
          { label: 'Created', value: <Time at={run.createdAt} /> },
          { label: 'Took', value: started === null ? 'Not started' : <Duration from={started} to={run.finishedAt} /> },
          {
            label: 'Artifacts',
            value:
              run.artifacts.length === 0
                ? run.finishedAt === null
                  ? 'None yet'
                  : 'None'
                : run.artifacts.map((artifact) => (
                    <Link key={artifact.id} className="text-accent mr-2 hover:underline" href={`/t/${slug}/artifacts/${artifact.id}`}>
                      {artifact.version}
                    </Link>
                  )),
          },
        ]}
      />
    </Panel>
  );
}

function detailOf(stage: Stage): string {
  switch (stage.kind) {
    case 'approval':
      return 'Approval';
    case 'deploy':
      return 'Deployment';
    default:
      return stage.steps.length === 1 ? '1 step' : `${stage.steps.length} steps`;
  }
}
