'use client';

import { role } from '@flow/core/rights';
import { Button } from '@flow/ui/button';
import { SelectField } from '@flow/ui/field';
import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { FormDialog } from '../form/form-dialog.tsx';
import { useFields } from '../form/use-fields.ts';
import { roleName, roleOptions } from '../roles/words.ts';
import { useTenant } from '../shell/tenant.tsx';
import type { Member } from './member-list-page.tsx';

/** Gives a member another role. The last admin keeps theirs: the server says so. */
export function ChangeRole({ member }: { member: Member }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button size="s" onClick={() => setIsOpen(true)}>
        Change role
      </Button>
      {/* Mounted anew at each opening, so it starts with the role as it is now. */}
      {isOpen ? <ChangeRoleDialog member={member} onClose={() => setIsOpen(false)} /> : null}
    </>
  );
}

function ChangeRoleDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const change = useMutation(
    api.member.changeRole.mutationOptions({
      onSuccess: (_, { role: given }) => {
        onClose();
        toast(`${member.name}: ${roleName[given]}`);
        void queryClient.invalidateQueries(api.member.list.queryFilter({ tenant }));
      },
    }),
  );
  const form = useFields({ role: member.role }, change.error);
  return (
    <FormDialog
      open
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      title={`Change the role of ${member.name}`}
      description="It holds from the next request on. Votes of someone who may no longer vote stop counting."
      submitLabel="Save"
      isBusy={change.isPending}
      message={form.message}
      onSubmit={() => change.mutate({ tenant, userId: member.userId, role: role.parse(form.values.role) })}
    >
      <SelectField label="Role" options={roleOptions} {...form.field('role')} />
    </FormDialog>
  );
}
