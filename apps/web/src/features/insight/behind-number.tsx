'use client';

import { Dialog } from '@flow/ui/dialog';
import { Link } from '@flow/ui/link';
import { Pager } from '@flow/ui/table';
import { Time, formatDuration } from '@flow/ui/time';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { RouterOutputs } from '@flow/api/client-types';
import { useApi } from '../../api-client/api.ts';
import { QueryView } from '../query/query-view.tsx';
import { useTenant } from '../shell/tenant.tsx';
import type { Behind, InsightAsked } from './insight-in-url.ts';
import { numberNames } from './insight-texts.ts';

type Case = RouterOutputs['insight']['cases']['cases'][number];

interface BehindNumberProps {
  behind: Behind;
  asked: InsightAsked;
  onClose: () => void;
}

const pageSize = 50;

/** The deployments behind one number: what took longest first, else the newest. */
export function BehindNumber({ behind, asked, onClose }: BehindNumberProps) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const [offset, setOffset] = useState(0);
  const query = useQuery(api.insight.cases.queryOptions({ tenant, ...asked, ...behind, offset }, { placeholderData: keepPreviousData }));
  return (
    <Dialog open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())} title={numberNames[behind.number]}>
      <QueryView query={query} failed="The deployments could not be loaded">
        {({ total, cases }) => (
          <div className="flex flex-col gap-3">
            <p className="text-muted text-xs">{shownText(total, { offset, count: cases.length })}</p>
            <ul className="flex flex-col divide-y divide-line">
              {cases.map((one) => (
                <CaseLine key={`${one.deploymentId} ${one.region ?? ''}`} case={one} tenant={tenant} />
              ))}
            </ul>
            <Pager
              hasNewer={offset > 0}
              hasOlder={offset + pageSize < total}
              onNewer={() => setOffset(offset - pageSize)}
              onOlder={() => setOffset(offset + pageSize)}
              words={{ newer: 'Previous', older: 'Next' }}
            />
          </div>
        )}
      </QueryView>
    </Dialog>
  );
}

function CaseLine({ case: one, tenant }: { case: Case; tenant: string }) {
  return (
    <li className="py-2">
      <p>
        <Link className="text-accent hover:underline" href={`/t/${tenant}/deployments/${one.deploymentId}`}>
          {`${one.serviceName} ${one.version} to ${one.environmentName}`}
        </Link>
        {one.region === null ? null : <span className="text-muted">{`, ${one.region}`}</span>}
      </p>
      {one.sentence === '' ? null : <p>{one.sentence}</p>}
      <p className="text-muted flex flex-wrap gap-x-3 text-xs">
        <span>
          ended <Time at={one.at} />
        </span>
        {one.ms === null ? null : <span>{formatDuration(one.ms)}</span>}
      </p>
    </li>
  );
}

function shownText(total: number, { offset, count }: { offset: number; count: number }): string {
  if (total === 0) return 'No deployment';
  return count === total ? `${total} in all` : `${offset + 1} to ${offset + count} of ${total}`;
}
