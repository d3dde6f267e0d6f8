'use client';

import { Button } from '@flow/ui/button';
import { saveText } from '@flow/ui/save';
import { toast } from '@flow/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { faultOf } from '../../../api-client/fault.ts';
import { useTenant } from '../../shell/tenant.tsx';
import type { PolicyRow } from '../policy/save-policy.ts';
import { now } from './clock.ts';
import { shownWindow } from '../window/window-texts.ts';

/** Hands all freezes that are in force to the browser as an iCalendar file. */
export function ExportFreezes() {
  const api = useApi();
  const queryClient = useQueryClient();
  const { slug: tenant } = useTenant();
  const loadAll = async (): Promise<PolicyRow[]> => {
    const found: PolicyRow[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: PolicyRow[]; nextCursor: string | null } = await queryClient.fetchQuery(
        api.policy.list.queryOptions({ tenant, kind: 'freeze', limit: 100, ...(cursor === null ? {} : { cursor }) }, { staleTime: 0 }),
      );
      found.push(...page.items);
      ({ nextCursor: cursor } = page);
    } while (cursor !== null);
    return found.filter((freeze) => freeze.enforcement !== 'off');
  };
  const download = useMutation({
    mutationFn: async () => {
      // The calendar library comes with the first calendar that is written.
      const [{ exportCalendar }, freezes] = await Promise.all([import('@flow/core/freeze'), loadAll()]);
      const events = freezes.map(({ id, title, document }) => ({
        uid: `${id}@flow`,
        title,
        description: typeof document['reason'] === 'string' ? document['reason'] : '',
        window: shownWindow.parse(document['window']),
      }));
      saveText(`freezes-of-${tenant}.ics`, exportCalendar(events, now()), 'text/calendar');
      return events.length;
    },
    onSuccess: (count) => toast(count === 1 ? 'One freeze is in the file' : `${count} freezes are in the file`),
    onError: (error) => toast(faultOf(error).message),
  });
  return (
    <Button isBusy={download.isPending} onClick={() => download.mutate()}>
      Export calendar
    </Button>
  );
}
