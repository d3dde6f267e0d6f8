'use client';

import { Button } from '@flow/ui/button';
import { Notice } from '@flow/ui/feedback';
import { useMutation } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { useRights } from '../query/use-rights.ts';
import { useTenant } from '../shell/tenant.tsx';

interface StartChoiceProps {
  deployment: { id: string; startsItself: boolean };
  /** Nothing stands against it at this moment. */
  isFree: boolean;
}

/** Whether a deployment that waits starts by itself when it is free; and the button that starts one that is free already. */
export function StartChoice({ deployment: { id, startsItself }, isFree }: StartChoiceProps) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const { can } = useRights();
  const choose = useMutation(api.deployment.chooseStart.mutationOptions());
  const set = (wanted: boolean): void => choose.mutate({ tenant, deploymentId: id, startsItself: wanted });
  const isWaitingForPerson = isFree && !startsItself;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p>
          {startsItself
            ? 'It starts by itself once nothing stands against it.'
            : isWaitingForPerson
              ? 'It is free: it starts when someone starts it.'
              : 'Once nothing stands against it, it waits for someone to start it.'}
        </p>
        {can('deployment:ask') ? (
          <Button
            size="s"
            variant={isWaitingForPerson ? 'primary' : 'secondary'}
            isBusy={choose.isPending}
            onClick={() => set(!startsItself)}
          >
            {isWaitingForPerson ? 'Start it now' : startsItself ? 'Do not start it by itself' : 'Start it by itself'}
          </Button>
        ) : null}
      </div>
      {choose.error === null ? null : <Notice tone="danger">{faultOf(choose.error).message}</Notice>}
    </div>
  );
}
