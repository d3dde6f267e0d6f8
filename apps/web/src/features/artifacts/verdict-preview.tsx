'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Notice } from '@flow/ui/feedback';
import type { Tone } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { QueryView } from '../query/query-view.tsx';
import { useTenant } from '../shell/tenant.tsx';

type Verdict = RouterOutputs['deployment']['preview'];

/** What the rules would say if a deployment there were asked for now. */
export function VerdictPreview({ serviceId, environmentId }: { serviceId: string; environmentId: string }) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const query = useQuery(api.deployment.preview.queryOptions({ tenant, serviceId, environmentId }));
  return (
    <QueryView query={query} failed="The rules could not be asked">
      {(verdict) => (
        <Notice tone={tones[verdict.kind]}>
          <p className="font-medium">{sentenceOf(verdict)}</p>
          {verdict.until === null ? null : (
            <p>
              From <Time at={verdict.until} /> on.
            </p>
          )}
          {verdict.reasons.map((reason) => (
            <p key={`${reason.rule} ${reason.sentence}`}>
              {reason.sentence}
              {reason.liftedBy === '' ? '' : ` (${reason.liftedBy})`}
            </p>
          ))}
        </Notice>
      )}
    </QueryView>
  );
}

const tones = { allowed: 'success', heldUntil: 'waiting', needsApprovals: 'waiting', denied: 'danger' } as const satisfies Record<
  Verdict['kind'],
  Tone
>;

function sentenceOf({ kind, missing }: Verdict): string {
  switch (kind) {
    case 'allowed':
      return 'It can start at once.';
    case 'heldUntil':
      return 'It will be held.';
    case 'needsApprovals':
      return missing === 1 ? 'It needs one approval first.' : `It needs ${missing ?? 'some'} approvals first.`;
    case 'denied':
      return 'It would be refused.';
  }
}
