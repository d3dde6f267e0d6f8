'use client';

import type { ClusterPurpose } from '@flow/core/cluster';
import { Button } from '@flow/ui/button';
import { CopyButton } from '@flow/ui/copy';
import { saveText } from '@flow/ui/save';
import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';

const file = 'flow-access.yaml';

const commands = [
  { label: 'Make the account', command: `kubectl apply -f ${file}` },
  { label: 'The address', command: "kubectl config view --minify --output jsonpath='{.clusters[0].cluster.server}'" },
  {
    label: 'The certificate',
    command: "kubectl get configmap kube-root-ca.crt --namespace flow-system --output jsonpath='{.data.ca\\.crt}'",
  },
  {
    label: 'The token',
    command: "kubectl get secret flow-token --namespace flow-system --output jsonpath='{.data.token}' | base64 --decode",
  },
];

/** The account of Flow in a cluster: the file that makes it with exactly the rights that Flow uses, and the commands to go with it. */
export function AccessManifest({ purposes }: { purposes: readonly ClusterPurpose[] }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const download = useMutation({
    mutationFn: () => queryClient.fetchQuery(api.cluster.accessManifest.queryOptions({ purposes: [...purposes] })),
    onSuccess: ({ manifest }) => saveText(file, manifest, 'application/yaml'),
    onError: (error) => toast(faultOf(error).message),
  });
  return (
    <div className="flex flex-col gap-3">
      <p className="text-muted">
        The file makes an account for Flow with exactly the rights that it uses there, each with its reason. Whoever administers the cluster
        applies it, and takes what Flow asks for from the cluster.
      </p>
      <div>
        <Button isBusy={download.isPending} disabled={purposes.length === 0} onClick={() => download.mutate()}>
          Download {file}
        </Button>
      </div>
      <dl className="flex flex-col gap-2">
        {commands.map(({ label, command }) => (
          <div key={label} className="flex flex-col gap-1">
            <dt className="text-xs font-medium">{label}</dt>
            <dd>
              <Command command={command} />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** A command to copy. */
export function Command({ command }: { command: string }) {
  return (
    <span className="bg-raised flex items-center justify-between gap-2 rounded-md border border-line py-0.5 pr-0.5 pl-2.5">
      <code className="min-w-0 text-xs break-all whitespace-normal">{command}</code>
      <CopyButton value={command} label="Copy the command" />
    </span>
  );
}
