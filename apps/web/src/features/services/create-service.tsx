'use client';

import { Button } from '@flow/ui/button';
import { SelectField, TextField } from '@flow/ui/field';
import { toast } from '@flow/ui/toast';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { FormDialog } from '../form/form-dialog.tsx';
import { useFields } from '../form/use-fields.ts';
import { useTenant } from '../shell/tenant.tsx';
import { tierOptions } from './tiers.ts';

const empty = { name: '', slug: '', repositoryUrl: '', defaultBranch: 'main', owner: '', tier: '3' };
/** Makes a service of the tenant and opens its page. */
export function CreateService() {
  const api = useApi();
  const router = useRouter();
  const { slug: tenant } = useTenant();
  const [isOpen, setIsOpen] = useState(false);
  const create = useMutation(
    api.service.create.mutationOptions({
      onSuccess: (_, { slug, name }) => {
        setIsOpen(false);
        form.clear();
        toast(`${name} was created`);
        router.push(`/t/${tenant}/services/${slug}`);
      },
    }),
  );
  const form = useFields(empty, create.error);
  const { tier, ...texts } = form.values;
  return (
    <>
      <Button variant="primary" onClick={() => setIsOpen(true)}>
        Create service
      </Button>
      <FormDialog
        open={isOpen}
        onOpenChange={setIsOpen}
        title="Create service"
        description="A service is what one repository builds and one chart deploys."
        submitLabel="Create service"
        isBusy={create.isPending}
        message={form.message}
        onSubmit={() => create.mutate({ tenant, ...texts, tier: Number(tier) })}
      >
        <TextField label="Name" {...form.field('name')} />
        <TextField
          label="Address"
          hint="In the URL and in names of releases: small letters, digits and dashes. It cannot be changed later."
          {...form.field('slug')}
        />
        <TextField
          label="Repository"
          hint="The address to clone from, such as https://git.example.com/team/orders.git"
          {...form.field('repositoryUrl')}
        />
        <TextField label="Default branch" {...form.field('defaultBranch')} />
        <TextField label="Owner" hint="The team to ask" {...form.field('owner')} />
        <SelectField label="Tier" options={tierOptions} {...form.field('tier')} />
      </FormDialog>
    </>
  );
}
