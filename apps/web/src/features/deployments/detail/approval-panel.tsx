'use client';

import { Panel } from '@flow/ui/panel';
import { Status } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { VoteButtons } from '../../approvals/vote-buttons.tsx';
import { Votes } from '../../approvals/votes.tsx';
import { stateLabel, stateTone } from '../../shell/states.ts';
import { useTenant } from '../../shell/tenant.tsx';
import type { DeploymentDetail } from '../deployment-detail.ts';

/** Who must say yes, who did, and the buttons for those who may. */
export function ApprovalPanel({ deployment }: { deployment: DeploymentDetail }) {
  const api = useApi();
  const tenant = useTenant();
  const approval = useQuery({
    ...api.approval.get.queryOptions({ tenant: tenant.slug, approvalId: deployment.approval?.id ?? '' }),
    enabled: deployment.approval !== null,
  });
  const item = approval.data;
  if (item === undefined) return null;
  const state = item.state === 'pending' ? 'awaitingApproval' : item.state;
  return (
    <Panel title="Approval" actions={<Status tone={stateTone(state)} label={stateLabel(state)} />}>
      <Votes item={item} canHelp={item.canHelp} />
      {item.state === 'pending' && (
        <p className="text-muted mt-1">
          The request ends <Time at={item.expiresAt} />.
        </p>
      )}
      {item.state === 'pending' && <VoteButtons item={item} />}
    </Panel>
  );
}
