'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { Button } from '@flow/ui/button';
import { Notice } from '@flow/ui/feedback';
import { saveText } from '@flow/ui/save';
import { Panel } from '@flow/ui/panel';
import { Status } from '@flow/ui/status';
import { Time } from '@flow/ui/time';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../api-client/api.ts';
import { faultOf } from '../../api-client/fault.ts';
import { QueryView } from '../query/query-view.tsx';
import { useTenant } from '../shell/tenant.tsx';

type Chain = RouterOutputs['audit']['chain'];

/** Whether the record still holds: what the last walk over it found, its newest signed end, and a walk on demand. */
export function ChainPanel() {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const chain = useQuery(api.audit.chain.queryOptions({ tenant }));
  // Only when it is asked for: a walk reads the whole record.
  const walk = useQuery({ ...api.audit.verify.queryOptions({ tenant }), enabled: false });
  return (
    <Panel
      title="Is it whole?"
      actions={
        <Button size="s" isBusy={walk.isFetching} onClick={() => void walk.refetch()}>
          Verify now
        </Button>
      }
    >
      <QueryView query={chain} failed="The state of the record could not be loaded">
        {(state) => (
          <div className="flex flex-col gap-2">
            <Light chain={state} />
            <Signed tenant={tenant} chain={state} />
            {walk.data !== undefined && !walk.isFetching && <Walked answer={walk.data} />}
            {walk.error !== null && !walk.isFetching && <Notice tone="danger">{faultOf(walk.error).message}</Notice>}
          </div>
        )}
      </QueryView>
    </Panel>
  );
}

function Light({ chain: { seq, check } }: { chain: Chain }) {
  if (check === null)
    return <Status tone="neutral" label={seq === 0 ? 'Nothing is recorded yet' : 'Not checked yet: Flow looks every ten minutes'} />;
  if (check.fault !== null)
    return (
      <Notice tone="danger" title="The record does not hold">
        {check.fault}. Tell whoever runs this installation. Found <Time at={check.checkedAt} />.
      </Notice>
    );
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <Status tone="success" label="It holds" />
      <span className="text-muted">
        {check.seq} of {seq} {seq === 1 ? 'entry' : 'entries'} checked <Time at={check.checkedAt} />, the whole <Time at={check.wholeAt} />
      </span>
    </p>
  );
}

function Signed({ tenant, chain: { signed, publicKey } }: { tenant: string; chain: Chain }) {
  if (publicKey === null)
    return <p className="text-muted">Its end is not signed: with FLOW_AUDIT_KEY a record that was written anew would be found too.</p>;
  if (signed === null) return <p className="text-muted">Its end has not been signed yet.</p>;
  return (
    <p className="text-muted flex flex-wrap items-center gap-x-3 gap-y-1">
      <span>
        Signed up to entry {signed.seq}, <Time at={signed.at} />
      </span>
      <Button size="s" variant="ghost" onClick={() => saveText(`audit-${tenant}-${signed.seq}.checkpoint`, signed.note)}>
        Keep the signed end
      </Button>
    </p>
  );
}

function Walked({ answer: { heldCount, signedCount, fault } }: { answer: RouterOutputs['audit']['verify'] }) {
  if (fault !== null)
    return (
      <Notice tone="danger" title={`It does not hold from entry ${fault.seq} on`}>
        {fault.sentence}
      </Notice>
    );
  const signed = signedCount === 1 ? '1 signed end agrees' : `${signedCount} signed ends agree`;
  return (
    <Notice tone="success" title={`All ${heldCount} entries hold`}>
      Each was walked over just now; {signed}.
    </Notice>
  );
}
