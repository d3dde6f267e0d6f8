'use client';

import type { RouterOutputs } from '@flow/api/client-types';
import { EmptyState } from '@flow/ui/feedback';
import { Panel } from '@flow/ui/panel';
import { Badge } from '@flow/ui/status';
import { DataTable, Pager } from '@flow/ui/table';
import { Time } from '@flow/ui/time';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../api-client/api.ts';
import { QueryView } from '../query/query-view.tsx';
import { useTenant } from '../shell/tenant.tsx';
import { CreateToken } from './create-token.tsx';
import { RevokeToken } from './revoke-token.tsx';

type Token = RouterOutputs['token']['list']['items'][number];

/** Tokens of the person, or for an admin of everyone in the tenant. */
export function TokenPanel() {
  const api = useApi();
  const { slug: tenant } = useTenant();
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const query = useQuery(
    api.token.list.queryOptions({ tenant, limit: 20, ...(cursor === undefined ? {} : { cursor }) }, { placeholderData: keepPreviousData }),
  );
  return (
    <Panel title="Access tokens" isFlush actions={<CreateToken />}>
      <QueryView query={query} failed="The tokens could not be loaded">
        {({ items, nextCursor }) => (
          <div className="flex flex-col gap-3">
            <DataTable
              caption="Access tokens"
              columns={columns}
              rows={items}
              rowKey={(token) => token.id}
              emptyState={
                <EmptyState title="No tokens yet">
                  A token lets a script or another system use the API in your name, for as long as you say and with no more than you may do
                  yourself.
                </EmptyState>
              }
            />
            <Pager
              hasNewer={cursor !== undefined}
              hasOlder={nextCursor !== null}
              onNewer={() => setCursors((known) => known.slice(0, -1))}
              onOlder={() => setCursors((known) => (nextCursor === null ? known : [...known, nextCursor]))}
            />
          </div>
        )}
      </QueryView>
    </Panel>
  );
}

const columns = [
  { key: 'name', header: 'Name', cell: (token: Token) => token.name },
  { key: 'owner', header: 'Owner', cell: (token: Token) => token.owner.name },
  {
    key: 'scopes',
    header: 'Scopes',
    isWide: true,
    cell: (token: Token) => (
      <span className="flex flex-wrap gap-1">
        {token.scopes.map((scope) => (
          <Badge key={scope}>{scope}</Badge>
        ))}
      </span>
    ),
  },
  { key: 'used', header: 'Last used', cell: (token: Token) => (token.lastUsedAt === null ? 'never' : <Time at={token.lastUsedAt} />) },
  {
    key: 'ends',
    header: 'Ends',
    cell: (token: Token) =>
      token.revokedAt === null ? (
        <Time at={token.expiresAt} />
      ) : (
        <span>
          revoked <Time at={token.revokedAt} />
        </span>
      ),
  },
  {
    key: 'change',
    header: 'Change',
    isHeaderHidden: true,
    align: 'right' as const,
    cell: (token: Token) => (token.revokedAt === null ? <RevokeToken token={token} /> : null),
  },
];
