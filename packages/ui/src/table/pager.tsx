'use client';

import { Button } from '../button/index.ts';

/** Newer and older pages of a list without an end; `words` for a list that is in another order than that of time. */
export function Pager({
  hasNewer,
  hasOlder,
  onNewer,
  onOlder,
  words = { newer: 'Newer', older: 'Older' },
}: {
  hasNewer: boolean;
  hasOlder: boolean;
  onNewer: () => void;
  onOlder: () => void;
  words?: { newer: string; older: string };
}) {
  if (!hasNewer && !hasOlder) return null;
  return (
    <nav aria-label="Pages" className="flex justify-end gap-2 group-data-flush/panel:px-4 group-data-flush/panel:pb-3">
      <Button size="s" disabled={!hasNewer} onClick={onNewer}>
        {words.newer}
      </Button>
      <Button size="s" disabled={!hasOlder} onClick={onOlder}>
        {words.older}
      </Button>
    </nav>
  );
}
