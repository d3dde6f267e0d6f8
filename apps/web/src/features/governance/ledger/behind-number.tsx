'use client';

import { Dialog } from '@flow/ui/dialog';
import { Link } from '@flow/ui/link';
import { Time, formatDuration } from '@flow/ui/time';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { QueryView } from '../../query/query-view.tsx';
import { useTenant } from '../../shell/tenant.tsx';
import { numberNames } from './ledger-texts.ts';
import type { LedgerEntry, LedgerNumber } from './ledger-texts.ts';

interface BehindNumberProps {
  entry: LedgerEntry;
  number: LedgerNumber;
  days: number;
  onClose: () => void;
}

/** The deployments behind one number of the ledger, those that weigh most first. */
export function BehindNumber({ entry: { account, id, title }, number, days, onClose }: BehindNumberProps) {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const query = useQuery(api.ledger.cases.queryOptions({ tenant, days, account, id, number }));
  return (
    <Dialog open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())} title={`${numberNames[number]}: ${title}`}>
      <QueryView query={query} failed="The deployments could not be loaded">
        {({ total, cases }) => (
          <div className="flex flex-col gap-3">
            <ul className="flex flex-col divide-y divide-line">
              {cases.map((one) => {
                const name = `${one.serviceName} to ${one.environmentName}`;
                return (
                  <li key={`${one.deploymentId} ${one.at} ${one.sentence}`} className="py-2">
                    <p>
                      {one.deploymentId === null ? (
                        name
                      ) : (
                        <Link className="text-accent hover:underline" href={`/t/${tenant}/deployments/${one.deploymentId}`}>
                          {name}
                        </Link>
                      )}
                    </p>
                    {one.sentence === '' ? null : <p>{one.sentence}</p>}
                    <p className="text-muted flex flex-wrap gap-x-3 text-xs">
                      <Time at={one.at} />
                      {one.ms === null ? null : <span>for {formatDuration(one.ms)}</span>}
                    </p>
                  </li>
                );
              })}
            </ul>
            {total > cases.length ? (
              <p className="text-muted text-xs">
                {cases.length} of {total}
              </p>
            ) : null}
          </div>
        )}
      </QueryView>
    </Dialog>
  );
}
