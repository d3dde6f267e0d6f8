'use client';

import { Button } from '../button/index.ts';

/** Newer and older pages of a list without an end. */
export function Pager({
  hasNewer,
  hasOlder,
  onNewer,
  onOlder,
}: {
  hasNewer: boolean;
  hasOlder: boolean;
  onNewer: () => void;
  onOlder: () => void;
}) {
  if (!hasNewer && !hasOlder) return null;
  return (
    <nav aria-label="Pages" className="flex justify-end gap-2 group-data-flush/panel:px-4 group-data-flush/panel:pb-3">
      <Button size="s" disabled={!hasNewer} onClick={onNewer}>
        Newer
      </Button>
      <Button size="s" disabled={!hasOlder} onClick={onOlder}>
        Older
      </Button>
    </nav>
  );
}
