'use client';

import { Button } from '@flow/ui/button';
import { ConfirmDialog } from '@flow/ui/dialog';
import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../../api-client/api.ts';
import { faultOf } from '../../../api-client/fault.ts';
import { useTenant } from '../../shell/tenant.tsx';
import { placeText } from './exemption-texts.ts';
import type { Exemption } from './exemption-texts.ts';

type Action = Exemption['abilities'][number]['action'];

const words = {
  grant: { label: 'Give it', done: 'given', comment: 'What you want to say with it', isRequired: false, tone: 'primary' },
  refuse: { label: 'Refuse', done: 'refused', comment: 'Why', isRequired: true, tone: 'danger' },
  withdraw: { label: 'Take back', done: 'taken back', comment: undefined, isRequired: false, tone: 'danger' },
  closeReview: { label: 'Close review', done: 'reviewed', comment: 'What you have found', isRequired: true, tone: 'primary' },
} as const satisfies Record<
  Action,
  { label: string; done: string; comment: string | undefined; isRequired: boolean; tone: 'primary' | 'danger' }
>;

/** What the person who looks may do with an exemption, each after a question. */
export function ExemptionActions({ exemption }: { exemption: Exemption }) {
  const [asked, ask] = useState<Action | null>(null);
  const open = exemption.abilities.filter(({ allowed }) => allowed).map(({ action }) => action);
  if (open.length === 0 && asked === null) return null;
  return (
    <div className="flex flex-wrap gap-2">
      {open.map((action) => (
        <Button
          key={action}
          size="s"
          variant={action === 'grant' || action === 'closeReview' ? 'primary' : 'secondary'}
          aria-label={`${words[action].label}: ${exemption.policyTitle} for ${placeText(exemption)}`}
          onClick={() => ask(action)}
        >
          {words[action].label}
        </Button>
      ))}
      {asked === null ? null : <Question exemption={exemption} action={asked} onClose={() => ask(null)} />}
    </div>
  );
}

function Question({ exemption, action, onClose }: { exemption: Exemption; action: Action; onClose: () => void }) {
  const { label, comment, isRequired, tone } = words[action];
  const { act, isPending, error } = useAct({ exemption, action, onClose });
  return (
    <ConfirmDialog
      open
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      title={`${label}: “${exemption.policyTitle}”`}
      description={whatHappens(exemption, action)}
      confirmLabel={label}
      tone={tone}
      {...(comment === undefined ? {} : { commentLabel: comment })}
      isCommentRequired={isRequired}
      isBusy={isPending}
      error={error === null ? undefined : faultOf(error).message}
      onConfirm={act}
    />
  );
}

function whatHappens(exemption: Exemption, action: Action): string {
  const place = placeText(exemption);
  switch (action) {
    case 'grant':
      return `It lets ${place} past. ${exemption.askedByName} says: ${exemption.reason}. What waits for it goes on at once if nothing else holds it.`;
    case 'refuse':
      return `${exemption.askedByName} reads why.`;
    case 'withdraw':
      return `It lets ${place} past no longer.${exemption.kind === 'breakGlass' ? ' Its review stays.' : ''}`;
    case 'closeReview':
      return `You say that you have looked at what ${exemption.askedByName} did in the emergency: ${exemption.reason}.`;
  }
}

function useAct({ exemption, action, onClose }: { exemption: Exemption; action: Action; onClose: () => void }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const options = {
    onSuccess: (): void => {
      onClose();
      toast(`${exemption.policyTitle}: ${words[action].done}`);
      void queryClient.invalidateQueries();
    },
  };
  const answer = useMutation(api.exemption.answer.mutationOptions(options));
  const withdraw = useMutation(api.exemption.withdraw.mutationOptions(options));
  const close = useMutation(api.exemption.closeReview.mutationOptions(options));
  const exemptionId = exemption.id;
  const act = (note: string): void => {
    if (action === 'grant' || action === 'refuse') answer.mutate({ tenant, exemptionId, answer: action, note });
    else if (action === 'withdraw') withdraw.mutate({ tenant, exemptionId });
    else close.mutate({ tenant, exemptionId, note });
  };
  return {
    act,
    isPending: answer.isPending || withdraw.isPending || close.isPending,
    error: answer.error ?? withdraw.error ?? close.error,
  };
}
