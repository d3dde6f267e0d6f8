'use client';

import { Button } from '@flow/ui/button';
import { Dialog } from '@flow/ui/dialog';
import { Notice } from '@flow/ui/feedback';
import type { ReactNode } from 'react';

interface FormDialogProps {
  open: boolean;
  onOpenChange: (isOpen: boolean) => void;
  title: string;
  description: string;
  submitLabel: string;
  isBusy: boolean;
  isDisabled?: boolean;
  /** What went wrong with the whole, beside the objections at the fields; empty for nothing. */
  message: string;
  onSubmit: () => void;
  children: ReactNode;
}

/** A form in a dialog: sent by its button or the enter key, open until the server has taken it. */
export function FormDialog({ open, onOpenChange, title, description, submitLabel, ...form }: FormDialogProps) {
  const { isBusy, isDisabled = false, message, onSubmit, children } = form;
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} description={description}>
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          // A dialog is a portal: without this the event would reach the form around the button that opened it.
          event.stopPropagation();
          if (!isBusy && !isDisabled) onSubmit();
        }}
      >
        {children}
        {message === '' ? null : <Notice tone="danger">{message}</Notice>}
        <div className="flex justify-end gap-2">
          <Button type="button" variant="ghost" onClick={() => onOpenChange(false)}>
            Back
          </Button>
          <Button type="submit" variant="primary" isBusy={isBusy} disabled={isDisabled}>
            {submitLabel}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
