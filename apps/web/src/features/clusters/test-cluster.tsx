'use client';

import { Button } from '@flow/ui/button';
import { toast } from '@flow/ui/toast';
import { useMutation } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';

/** Has a worker test the cluster now; the result shows as its health. */
export function TestCluster({ clusterId, name }: { clusterId: string; name: string }) {
  const api = useApi();
  const test = useMutation(
    api.cluster.test.mutationOptions({
      onSuccess: () => toast(`${name} is being tested: its health changes here`),
      onError: (error) => toast(faultOf(error).message),
    }),
  );
  return (
    <Button size="s" isBusy={test.isPending} onClick={() => test.mutate({ clusterId })}>
      Test now
    </Button>
  );
}
