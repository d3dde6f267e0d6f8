'use client';

import { Dialog as Radix } from 'radix-ui';
import { X } from 'lucide-react';
import { IconButton } from '../button/index.ts';
import type { DialogProps } from './dialog.tsx';
import { useFocusBack } from './use-focus-back.ts';

/** The dialog itself, which is loaded before it is opened for the first time. */
export function DialogWindow({ onOpenChange, title, description, children, footer }: Omit<DialogProps, 'open'>) {
  const focusBack = useFocusBack();
  return (
    <Radix.Root open onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-20 bg-[color-mix(in_srgb,var(--text)_40%,transparent)]" />
        <Radix.Content
          {...focusBack}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          className="bg-surface fixed top-1/2 left-1/2 z-30 flex max-h-[85dvh] w-[min(34rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 flex-col gap-3 overflow-y-auto rounded-lg border border-line p-5 shadow-xl"
        >
          <Radix.Title className="pr-10 text-base font-semibold">{title}</Radix.Title>
          {description !== undefined && <Radix.Description className="text-muted">{description}</Radix.Description>}
          {children}
          {footer !== undefined && <div className="mt-2 flex justify-end gap-2">{footer}</div>}
          {/* The last one: the focus goes to the first field, or to the way back. */}
          <Radix.Close asChild>
            <IconButton label="Close" className="absolute top-4 right-4">
              <X size={16} aria-hidden />
            </IconButton>
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
