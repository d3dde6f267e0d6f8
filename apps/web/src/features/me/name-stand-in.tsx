'use client';

import { Button } from '@flow/ui/button';
import { TextField } from '@flow/ui/field';
import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { FormDialog } from '../form/form-dialog.tsx';
import { useFields } from '../form/use-fields.ts';
import { PickPeople } from '../governance/approvals/pick-people.tsx';
import { splitList } from '../governance/policy/scope.ts';
import { useRights } from '../query/use-rights.ts';
import { useTenant } from '../shell/tenant.tsx';

/** Names who votes in my place, or for those who manage members in somebody else's. */
export function NameStandIn() {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>Name a stand-in</Button>
      {isOpen ? <StandInDialog onClose={() => setIsOpen(false)} /> : null}
    </>
  );
}

function StandInDialog({ onClose }: { onClose: () => void }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const { can } = useRights();
  const name = useMutation(
    api.standIn.name.mutationOptions({
      onSuccess: () => {
        onClose();
        toast('The stand-in was named');
        void queryClient.invalidateQueries(api.standIn.pathFilter());
      },
    }),
  );
  const form = useFields({ userId: '', standInId: '', startsAt: '', endsAt: '', reason: '' }, name.error);
  const [standInId] = splitList(form.values.standInId);
  const [userId] = splitList(form.values.userId);
  const submit = (): void => {
    const { startsAt, endsAt, reason } = form.values;
    const whose = userId === undefined ? {} : { userId };
    name.mutate({ tenant, ...whose, standInId: standInId ?? '', startsAt: toInstant(startsAt), endsAt: toInstant(endsAt), reason });
  };
  return (
    <FormDialog
      open
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      title="Name a stand-in"
      description="For this time they vote in the place of whoever is away, on everything but what either of the two has asked for or written."
      submitLabel="Name"
      isBusy={name.isPending}
      isDisabled={standInId === undefined || form.values.startsAt === '' || form.values.endsAt === ''}
      message={form.message}
      onSubmit={submit}
    >
      {can('member:manage') ? <PickPeople label="Who is away (left empty: me)" {...form.field('userId')} /> : null}
      <PickPeople label="Who votes in their place" {...form.field('standInId')} />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField label="From" type="datetime-local" {...form.field('startsAt')} />
        <TextField label="Until" type="datetime-local" {...form.field('endsAt')} />
      </div>
      <TextField label="Why" maxLength={200} {...form.field('reason')} />
    </FormDialog>
  );
}

/** What is typed is the time on the wall here. */
function toInstant(local: string): string {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString();
}
