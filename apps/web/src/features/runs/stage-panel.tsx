'use client';

import { ButtonLink } from '@flow/ui/button';
import { EmptyState, Notice } from '@flow/ui/feedback';
import { Panel } from '@flow/ui/panel';
import { Status } from '@flow/ui/status';
import { Duration } from '@flow/ui/time';
import type { UrlFilters } from '../query/url-filters.ts';
import { stateLabel, stateTone } from '../shell/states.ts';
import { useTenant } from '../shell/tenant.tsx';
import { GatePanel } from './gate-panel.tsx';
import { RunLog } from './run-log.tsx';
import type { Run, Stage } from './run-page.tsx';
import { StageDeployment } from './stage-deployment.tsx';

type Step = Stage['steps'][number];

interface StagePanelProps {
  run: Run;
  stage: Stage;
  step: Step | undefined;
  filters: UrlFilters;
}

/** The selected stage: why it is as it is, its steps, and the log of one of them. */
export function StagePanel({ run, stage, step, filters }: StagePanelProps) {
  const { slug } = useTenant();
  const actions =
    stage.deploymentId === null ? undefined : (
      <ButtonLink size="s" href={`/t/${slug}/deployments/${stage.deploymentId}`}>
        Open the deployment
      </ButtonLink>
    );
  return (
    <>
      <Panel title={stage.name} actions={actions}>
        <div className="flex flex-col gap-3">
          {stage.deploymentId === null ? (
            <Reason state={stage.state} reason={stage.reason} />
          ) : (
            <StageDeployment deploymentId={stage.deploymentId} />
          )}
          {stage.kind === 'approval' ? <GatePanel run={run} stage={stage} /> : null}
          <NothingYet stage={stage} />
          {stage.steps.length === 0 ? null : (
            <StepList steps={stage.steps} selected={step?.id} onSelect={(id) => filters.set({ stage: stage.key, step: id, line: '' })} />
          )}
        </div>
      </Panel>
      {step === undefined ? null : <StepLogPanel run={run} step={step} filters={filters} />}
    </>
  );
}

function NothingYet({ stage }: { stage: Stage }) {
  if (stage.steps.length > 0) return null;
  if (stage.kind === 'steps')
    return <EmptyState title="No steps yet">They appear as soon as Argo Workflows has started this stage.</EmptyState>;
  if (stage.kind === 'deploy' && stage.deploymentId === null)
    return <EmptyState title="No deployment yet">Flow asks for it when the stages before have succeeded.</EmptyState>;
  return null;
}

function StepList({ steps, selected, onSelect }: { steps: readonly Step[]; selected: string | undefined; onSelect: (id: string) => void }) {
  return (
    <ul aria-label="Steps" className="flex flex-col gap-1">
      {steps.map((step) => (
        <li key={step.id}>
          <button
            type="button"
            aria-pressed={step.id === selected}
            onClick={() => onSelect(step.id)}
            className="flex w-full items-center gap-3 rounded-md px-2 py-1 text-left text-sm hover:bg-raised aria-pressed:bg-raised"
          >
            <Status tone={stateTone(step.state)} label={stateLabel(step.state)} />
            <span className="flex-1 truncate font-medium">{step.name}</span>
            {step.attempt > 1 ? <span>{`Try ${step.attempt}`}</span> : null}
            {step.startedAt === null ? null : <Duration from={step.startedAt} to={step.finishedAt} />}
          </button>
        </li>
      ))}
    </ul>
  );
}

function StepLogPanel({ run, step, filters }: { run: Run; step: Step; filters: UrlFilters }) {
  const line = Number.parseInt(filters.get('line'), 10);
  return (
    <Panel title={`Log of ${step.name}`}>
      <div className="flex flex-col gap-3">
        <Reason state={step.state} reason={step.reason} />
        {step.logId === null ? (
          <EmptyState title="No log yet">The log appears here when the step has started.</EmptyState>
        ) : (
          <RunLog
            key={step.logId}
            runId={run.id}
            logId={step.logId}
            fileName={`${run.serviceSlug}-${run.number}-${step.name.replaceAll(/[^\w.-]+/g, '-')}.log`}
            isLive={step.finishedAt === null && run.finishedAt === null}
            line={Number.isNaN(line) ? undefined : line}
            onLineSelect={(selected) => filters.set({ step: step.id, line: String(selected) })}
          />
        )}
      </div>
    </Panel>
  );
}

/** Why a run, a stage or a step is as it is, in its tone; nothing where there is nothing to say. */
export function Reason({ state, reason }: { state: string; reason: string | null }) {
  if (reason === null || reason === '') return null;
  return (
    <Notice tone={stateTone(state)}>
      <span className="whitespace-pre-wrap">{reason}</span>
    </Notice>
  );
}
