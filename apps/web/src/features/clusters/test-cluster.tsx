'use client';

import { Button } from '@flow/ui/button';
import { toast } from '@flow/ui/toast';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';

/** Has a worker test the cluster now; it is busy until what was found is on the page. */
export function TestCluster({ cluster }: { cluster: { id: string; checkedAt: string | null } }) {
  const api = useApi();
  const [askedAfter, setAskedAfter] = useState<string | null | undefined>(undefined);
  const test = useMutation(
    api.cluster.test.mutationOptions({
      onMutate: () => setAskedAfter(cluster.checkedAt),
      onError: (error) => {
        setAskedAfter(undefined);
        toast(faultOf(error).message);
      },
    }),
  );
  return (
    <Button isBusy={askedAfter !== undefined && askedAfter === cluster.checkedAt} onClick={() => test.mutate({ clusterId: cluster.id })}>
      Test again
    </Button>
  );
}
