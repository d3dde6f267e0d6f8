'use client';

import { Button } from '@flow/ui/button';
import { Checkbox, SelectField } from '@flow/ui/field';
import { toast } from '@flow/ui/toast';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { FormDialog } from '../form/form-dialog.tsx';
import { ExplanationPreview } from '../governance/explanation/explanation-preview.tsx';
import { ForesightPreview } from '../governance/foresight/foresight-preview.tsx';
import { useFields } from '../form/use-fields.ts';
import { useRights } from '../query/use-rights.ts';
import { useTenant } from '../shell/tenant.tsx';

interface DeployArtifactProps {
  artifact: { id: string; serviceId: string; serviceName: string; version: string };
}

/** Asks for a deployment of the artifact, after a look at what the rules would say of the chosen environment. */
export function DeployArtifact({ artifact }: DeployArtifactProps) {
  const { can } = useRights();
  const [key, setKey] = useState<string | null>(null);
  if (!can('deployment:ask')) return null;
  return (
    <>
      {/* The key is of this opening of the dialog: sent twice after a lost answer, it is still one deployment. */}
      <Button variant="secondary" size="s" onClick={() => setKey(crypto.randomUUID())}>
        Deploy…
      </Button>
      {key === null ? null : <DeployDialog key={key} artifact={artifact} idempotencyKey={key} onClose={() => setKey(null)} />}
    </>
  );
}

function DeployDialog({ artifact, idempotencyKey, onClose }: DeployArtifactProps & { idempotencyKey: string; onClose: () => void }) {
  const api = useApi();
  const router = useRouter();
  const { slug: tenant } = useTenant();
  const environments = useQuery(api.environment.list.queryOptions({ tenant }));
  const ask = useMutation(
    api.deployment.ask.mutationOptions({
      onSuccess: ({ deploymentId }) => {
        onClose();
        toast(`The deployment of ${artifact.version} is being prepared`);
        router.push(`/t/${tenant}/deployments/${deploymentId}`);
      },
    }),
  );
  const form = useFields({ environmentId: '', startsItself: 'yes' }, ask.error);
  const { environmentId } = form.values;
  const startsItself = form.values.startsItself === 'yes';
  const options = [
    { value: '', label: environments.isPending ? 'Loading…' : 'Choose an environment' },
    ...(environments.data ?? []).map((environment) => ({ value: environment.id, label: environment.name })),
  ];
  return (
    <FormDialog
      open
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      title={`Deploy ${artifact.serviceName} ${artifact.version}`}
      description="Flow renders what would change, has it approved where that is needed, and carries it out wave by wave."
      submitLabel="Deploy"
      isBusy={ask.isPending}
      isDisabled={environmentId === ''}
      message={form.message}
      onSubmit={() =>
        ask.mutate({ tenant, serviceId: artifact.serviceId, artifactId: artifact.id, environmentId, startsItself, idempotencyKey })
      }
    >
      <SelectField label="Environment" options={options} {...form.field('environmentId')} />
      <Checkbox
        label="Start by itself when it is free, should it have to wait"
        checked={form.values.startsItself === 'yes'}
        onChange={(event) => form.field('startsItself').onChange({ target: { value: event.target.checked ? 'yes' : '' } })}
      />
      {environmentId === '' ? null : (
        <>
          <ExplanationPreview
            serviceId={artifact.serviceId}
            artifactId={artifact.id}
            environmentId={environmentId}
            startsItself={startsItself}
            onAsked={onClose}
          />
          <ForesightPreview
            serviceId={artifact.serviceId}
            artifactId={artifact.id}
            environmentId={environmentId}
            startsItself={startsItself}
          />
        </>
      )}
    </FormDialog>
  );
}
