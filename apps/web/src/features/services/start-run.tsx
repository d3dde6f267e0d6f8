'use client';

import { Button } from '@flow/ui/button';
import { TextField } from '@flow/ui/field';
import { toast } from '@flow/ui/toast';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { FormDialog } from '../form/form-dialog.tsx';
import { useFields } from '../form/use-fields.ts';
import { useTenant } from '../shell/tenant.tsx';

interface StartRunProps {
  serviceId: string;
  serviceName: string;
  defaultBranch: string;
}

/** Starts the pipeline of the service on a commit that is named by hand, and opens the run. */
export function StartRun({ serviceId, serviceName, defaultBranch }: StartRunProps) {
  const api = useApi();
  const router = useRouter();
  const { slug: tenant } = useTenant();
  const [isOpen, setIsOpen] = useState(false);
  const start = useMutation(
    api.run.start.mutationOptions({
      onSuccess: ({ runId, number }) => {
        setIsOpen(false);
        form.clear();
        toast(`Run ${number} was started`);
        router.push(`/t/${tenant}/runs/${runId}`);
      },
    }),
  );
  const form = useFields({ commitSha: '', branch: defaultBranch }, start.error);
  return (
    <>
      <Button variant="secondary" onClick={() => setIsOpen(true)}>
        Start a run
      </Button>
      <FormDialog
        open={isOpen}
        onOpenChange={setIsOpen}
        title="Start a run"
        description={`The pipeline of ${serviceName}, as the commit itself defines it. Pushes start runs by themselves.`}
        submitLabel="Start"
        isBusy={start.isPending}
        message={form.message}
        onSubmit={() =>
          start.mutate({ tenant, serviceId, commitSha: form.values.commitSha.trim().toLowerCase(), branch: form.values.branch.trim() })
        }
      >
        <TextField label="Commit" hint="The full hash: git rev-parse HEAD" spellCheck={false} {...form.field('commitSha')} />
        <TextField label="Branch" spellCheck={false} {...form.field('branch')} />
      </FormDialog>
    </>
  );
}
