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
import { useTenant } from '../shell/tenant.tsx';
import type { Group } from './group-list-page.tsx';

/** Makes a group. */
export function NewGroup() {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button variant="primary" onClick={() => setIsOpen(true)}>
        New group
      </Button>
      {isOpen ? <GroupDialog group={null} onClose={() => setIsOpen(false)} /> : null}
    </>
  );
}

/** Changes who is in a group and what it is called. */
export function EditGroup({ group }: { group: Group }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button size="s" onClick={() => setIsOpen(true)} aria-label={`Edit ${group.name}`}>
        Edit
      </Button>
      {/* Mounted anew at each opening, so it starts with the group as it is now. */}
      {isOpen ? <GroupDialog group={group} onClose={() => setIsOpen(false)} /> : null}
    </>
  );
}

function GroupDialog({ group, onClose }: { group: Group | null; onClose: () => void }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const save = useMutation(
    api.group.save.mutationOptions({
      onSuccess: (_, { name }) => {
        onClose();
        toast(`${name} was saved`);
        void queryClient.invalidateQueries(api.group.pathFilter());
      },
    }),
  );
  const form = useFields(
    {
      name: group?.name ?? '',
      description: group?.description ?? '',
      ownersName: group?.ownersName ?? '',
      memberIds: group?.members.map((member) => member.userId).join(',') ?? '',
    },
    save.error,
  );
  const submit = (): void => {
    const { name, description, ownersName, memberIds } = form.values;
    const id = group === null ? {} : { groupId: group.id };
    save.mutate({ tenant, ...id, name: name.trim(), description, ownersName: ownersName.trim(), memberIds: splitList(memberIds) });
  };
  return (
    <FormDialog
      open
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      title={group === null ? 'New group' : `Edit ${group.name}`}
      description="What waits for approval is looked at again when its members change."
      submitLabel="Save"
      isBusy={save.isPending}
      message={form.message}
      onSubmit={submit}
    >
      <TextField label="Name" maxLength={60} {...form.field('name')} />
      <TextField label="What it is for" maxLength={300} {...form.field('description')} />
      <TextField
        label="Name in CODEOWNERS files"
        hint="Such as acme/payments for @acme/payments; empty for none"
        maxLength={100}
        {...form.field('ownersName')}
      />
      <PickPeople label="Members" {...form.field('memberIds')} />
    </FormDialog>
  );
}
