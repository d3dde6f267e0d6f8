import { useEffect, useEffectEvent } from 'react';
import { may } from './abilities.ts';
import type { ApprovalItem } from './abilities.ts';

interface InboxKeys {
  items: readonly ApprovalItem[];
  selected: ApprovalItem | undefined;
  onSelect: (item: ApprovalItem) => void;
  onToggle: (item: ApprovalItem) => void;
  onApprove: (item: ApprovalItem) => void;
  onReject: () => void;
}

/** `j` and `k` move, `x` chooses, `y` approves, `n` rejects. Not while something is typed or a question is open. */
export function useInboxKeys(keys: InboxKeys): void {
  const act = useEffectEvent((event: KeyboardEvent): void => {
    const { items, selected } = keys;
    if (selected === undefined || isMeantForElse(event)) return;
    const at = items.findIndex((item) => item.id === selected.id);
    const next = event.key === 'j' ? items[at + 1] : event.key === 'k' ? items[at - 1] : undefined;
    if (next !== undefined) keys.onSelect(next);
    if (event.key === 'x' && may(selected, 'reject')) keys.onToggle(selected);
    if (event.key === 'y' && may(selected, 'approve')) keys.onApprove(selected);
    if (event.key === 'n' && may(selected, 'reject')) {
      event.preventDefault();
      keys.onReject();
    }
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => act(event);
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

/** Something is being typed, a question is open, or it is a shortcut of the browser. */
function isMeantForElse(event: KeyboardEvent): boolean {
  if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return true;
  if (document.querySelector('[role=dialog]') !== null) return true;
  const { target } = event;
  if (!(target instanceof HTMLElement)) return false;
  const isBox = target instanceof HTMLInputElement && target.type === 'checkbox';
  return !isBox && ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}
