'use client';

import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { Link } from '../link/index.ts';

export interface MenuItem {
  label: string;
  onSelect?: () => void;
  href?: string;
  icon?: ReactNode;
  tone?: 'danger';
  disabled?: boolean;
  hint?: string;
}

const row =
  'flex cursor-default items-center gap-2 rounded px-2.5 py-1.5 outline-none data-[disabled]:text-muted data-[highlighted]:bg-raised';

/** Actions behind one button. */
export function Menu({ trigger, items }: { trigger: ReactNode; items: readonly MenuItem[] }) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={6} className="bg-surface z-30 min-w-44 rounded-md border border-line p-1 shadow-lg">
          {items.map((item) => (
            <DropdownMenu.Item
              key={item.label}
              disabled={item.disabled === true}
              className={`${row} ${item.tone === 'danger' ? 'text-danger-fg' : ''}`}
              onSelect={() => item.onSelect?.()}
              asChild={item.href !== undefined}
            >
              {item.href === undefined ? (
                <span>
                  {item.icon}
                  {item.label}
                  {item.hint !== undefined && <span className="text-muted ml-auto">{item.hint}</span>}
                </span>
              ) : (
                <Link href={item.href}>
                  {item.icon}
                  {item.label}
                </Link>
              )}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
