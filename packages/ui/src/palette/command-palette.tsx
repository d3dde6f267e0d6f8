'use client';

import { Command } from 'cmdk';
import { Dialog as Radix } from 'radix-ui';
import { useFocusBack } from '../dialog/use-focus-back.ts';

export interface PaletteGroup {
  heading: string;
  items: readonly { id: string; label: string; hint?: string; keywords?: string[]; onSelect: () => void }[];
}

/** Reaches everything by typing a part of its name. */
export function CommandPalette({
  open,
  onOpenChange,
  onType,
  groups,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Hears what is typed: some things are found by it that have no name to list. */
  onType?: (text: string) => void;
  groups: readonly PaletteGroup[];
}) {
  const focusBack = useFocusBack();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-20 bg-[color-mix(in_srgb,var(--text)_40%,transparent)]" />
        <Radix.Content
          {...focusBack}
          aria-describedby={undefined}
          className="bg-surface fixed top-[12dvh] left-1/2 z-30 w-[min(36rem,calc(100vw-2rem))] -translate-x-1/2 overflow-hidden rounded-lg border border-line shadow-xl"
        >
          <Radix.Title className="sr-only">Search or jump to</Radix.Title>
          <Command label="Search or jump to">
            <Command.Input
              placeholder="Search or jump to…"
              onValueChange={(text) => onType?.(text)}
              className="w-full border-b border-line bg-transparent px-4 py-3 outline-none"
            />
            <Command.List className="max-h-[min(28rem,60dvh)] overflow-y-auto p-1.5">
              <Command.Empty className="text-muted p-4 text-center">Nothing has this name</Command.Empty>
              {groups
                .filter((group) => group.items.length > 0)
                .map((group) => (
                  <Command.Group
                    key={group.heading}
                    heading={group.heading}
                    className="text-muted [&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-xs"
                  >
                    {group.items.map((item) => (
                      <Command.Item
                        key={item.id}
                        value={`${group.heading} ${item.label} ${item.id}`}
                        keywords={item.keywords ?? []}
                        onSelect={item.onSelect}
                        className="text-text data-[selected=true]:bg-raised flex justify-between rounded px-2.5 py-1.5"
                      >
                        {item.label}
                        {item.hint !== undefined && <span className="text-muted text-xs">{item.hint}</span>}
                      </Command.Item>
                    ))}
                  </Command.Group>
                ))}
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
