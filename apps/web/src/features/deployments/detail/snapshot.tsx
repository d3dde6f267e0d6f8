'use client';

import { CopyButton } from '@flow/ui/copy';
import { KeyValues, Panel } from '@flow/ui/panel';
import type { DeploymentDetail } from '../deployment-detail.ts';

/** What exactly is deployed: the digest and the hash that approvals are bound to. */
export function Snapshot({ deployment }: { deployment: DeploymentDetail }) {
  const hash = deployment.snapshotHash;
  return (
    <Panel>
      <KeyValues
        items={[
          { label: 'Image digest', value: <Hash value={deployment.digest} label="Copy the digest" /> },
          { label: 'Configuration hash', value: hash === '' ? 'Not fixed yet' : <Hash value={hash} label="Copy the hash" /> },
          { label: 'Commit', value: <Hash value={deployment.commitSha} label="Copy the commit" /> },
          { label: 'Namespaces', value: deployment.targets.map((target) => `${target.region}: ${target.namespace}`).join(', ') },
          {
            label: 'Release',
            value: deployment.targets
              .map(
                (target) =>
                  `${target.region}: ${target.releaseName}${target.releaseRevision === null ? '' : ` revision ${target.releaseRevision}`}`,
              )
              .join(', '),
          },
        ]}
      />
    </Panel>
  );
}

function Hash({ value, label }: { value: string; label: string }) {
  return (
    <span className="flex items-center gap-2">
      <code className="font-mono text-xs break-all">{value}</code>
      <CopyButton value={value} label={label} />
    </span>
  );
}
