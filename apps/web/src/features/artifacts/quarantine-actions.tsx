'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Button } from '@flow/ui/button';
import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { ReasonDialog } from '../promotion/reason-dialog.tsx';
import { useRights } from '../query/use-rights.ts';
import { useTenant } from '../shell/tenant.tsx';

type Artifact = RouterOutputs['artifact']['get'];

/** Whether the artifact is in quarantine now: the newest one, while nobody has released it. */
export function openQuarantine({ quarantines }: Artifact): Artifact['quarantines'][number] | null {
  const [newest] = quarantines;
  return newest?.releasedAt === null ? newest : null;
}

/** Puts an artifact into quarantine, or releases it, with a reason. */
export function QuarantineActions({ artifact }: { artifact: Artifact }) {
  const { can } = useRights();
  const [isOpen, setIsOpen] = useState(false);
  const isPlaced = openQuarantine(artifact) !== null;
  if (!can(isPlaced ? 'artifact:release' : 'artifact:quarantine')) return null;
  const close = (): void => setIsOpen(false);
  return (
    <>
      <Button size="s" variant={isPlaced ? 'secondary' : 'danger'} onClick={() => setIsOpen(true)}>
        {isPlaced ? 'Release…' : 'Quarantine…'}
      </Button>
      {isOpen ? (
        isPlaced ? (
          <ReleaseDialog artifact={artifact} onClose={close} />
        ) : (
          <QuarantineDialog artifact={artifact} onClose={close} />
        )
      ) : null}
    </>
  );
}

interface DialogProps {
  artifact: Artifact;
  onClose: () => void;
}

function QuarantineDialog({ artifact, onClose }: DialogProps) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const name = `${artifact.serviceName} ${artifact.version}`;
  const quarantine = useMutation(
    api.artifact.quarantine.mutationOptions({
      onSuccess: () => {
        onClose();
        toast(`${name} is in quarantine`);
        void queryClient.invalidateQueries(api.artifact.pathFilter());
      },
    }),
  );
  const count = artifact.runningDigest.length;
  const runs =
    count === 0 ? 'It runs nowhere.' : `It runs in ${count === 1 ? '1 place' : `${count} places`}, which stay as they are and are marked.`;
  return (
    <ReasonDialog
      title={`Put ${name} into quarantine?`}
      description={`Its digest is deployed by nobody any more, in no service, environment and region; what waits with it is rejected, and what moves goes back. ${runs}`}
      label="What is wrong with it"
      submitLabel="Put into quarantine"
      isBusy={quarantine.isPending}
      error={quarantine.error}
      onClose={onClose}
      onSubmit={(reason) => quarantine.mutate({ tenant, artifactId: artifact.id, reason })}
    />
  );
}

function ReleaseDialog({ artifact, onClose }: DialogProps) {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const name = `${artifact.serviceName} ${artifact.version}`;
  const release = useMutation(
    api.artifact.release.mutationOptions({
      onSuccess: () => {
        onClose();
        toast(`${name} may be deployed again`);
        void queryClient.invalidateQueries(api.artifact.pathFilter());
      },
    }),
  );
  return (
    <ReasonDialog
      title={`Release ${name} from quarantine?`}
      description="It may be deployed again. What was rejected meanwhile is asked for anew."
      label="Why it may go again"
      submitLabel="Release"
      isBusy={release.isPending}
      error={release.error}
      onClose={onClose}
      onSubmit={(reason) => release.mutate({ tenant, artifactId: artifact.id, reason })}
    />
  );
}
