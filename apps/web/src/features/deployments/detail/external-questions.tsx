'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Button } from '@flow/ui/button';
import { Notice } from '@flow/ui/feedback';
import { Panel } from '@flow/ui/panel';
import { Status } from '@flow/ui/status';
import type { Tone } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import { toast } from '@flow/ui/toast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { faultOf } from '../../../api-client/fault.ts';
import { useRights } from '../../query/use-rights.ts';
import { useTenant } from '../../shell/tenant.tsx';

type Question = RouterOutputs['externalCheck']['ofDeployment'][number];

const states = {
  waiting: { label: 'To be asked', tone: 'waiting' },
  sending: { label: 'Being asked', tone: 'running' },
  pending: { label: 'Answers later', tone: 'waiting' },
  answered: { label: 'Answered', tone: 'neutral' },
  silent: { label: 'No answer', tone: 'warning' },
  replaced: { label: 'Asked again', tone: 'neutral' },
} as const satisfies Record<Question['state'], { label: string; tone: Tone }>;

/** Which outside services were asked about a deployment that waits, how far they are, and another try. Nothing where none was. */
export function ExternalQuestions({ deploymentId }: { deploymentId: string }) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const { data = [] } = useQuery(api.externalCheck.ofDeployment.queryOptions({ tenant, deploymentId }));
  if (data.length === 0) return null;
  return (
    <Panel title="External checks">
      <ul className="flex flex-col gap-3">
        {data.map((question) => (
          <li key={question.id}>
            <OneQuestion question={question} deploymentId={deploymentId} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function OneQuestion({ question, deploymentId }: { question: Question; deploymentId: string }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const { can } = useRights();
  const { id, name, state, said, askedAt, askedByName, nextAt } = question;
  const again = useMutation(
    api.externalCheck.askAgain.mutationOptions({
      onSuccess: () => toast(`${name} is asked again`),
      onSettled: () => void queryClient.invalidateQueries(),
    }),
  );
  const isBeingAsked = state === 'waiting' || state === 'sending';
  return (
    <article aria-label={name} className="flex flex-col gap-1">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Status {...states[state]} />
        <span className="font-medium">{name}</span>
        {can('evidence:report') && !isBeingAsked ? (
          <Button
            size="s"
            aria-label={`Ask ${name} again`}
            isBusy={again.isPending}
            onClick={() => again.mutate({ tenant, deploymentId, questionId: id })}
          >
            Ask again
          </Button>
        ) : null}
      </div>
      {said === '' ? null : <p className="break-words">{said}</p>}
      <p className="text-muted text-xs">
        {askedByName} <Time at={askedAt} />
        {nextAt === null ? null : (
          <>
            , {state === 'pending' ? 'an answer counts until' : 'next try'} <Time at={nextAt} />
          </>
        )}
      </p>
      {again.error === null ? null : <Notice tone="danger">{faultOf(again.error).message}</Notice>}
    </article>
  );
}
