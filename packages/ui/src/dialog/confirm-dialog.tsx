'use client';

import { useState } from 'react';
import { Button } from '../button/index.ts';
import { TextArea, TextField } from '../field/index.ts';
import { Dialog } from './dialog.tsx';

export interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** What will happen, where. */
  description: string;
  confirmLabel: string;
  tone?: 'danger' | 'primary';
  /** This must be typed first. */
  requireText?: string;
  commentLabel?: string;
  isCommentRequired?: boolean;
  isBusy?: boolean;
  error?: string | undefined;
  onConfirm: (comment: string) => void;
}

/** Asks before something that hurts. What was typed stays when the action fails. */
export function ConfirmDialog({
  open,
  onOpenChange,
  title,
  description,
  confirmLabel,
  tone = 'primary',
  requireText,
  commentLabel,
  isCommentRequired = false,
  isBusy = false,
  error,
  onConfirm,
}: ConfirmDialogProps) {
  const [comment, setComment] = useState('');
  const [typed, setTyped] = useState('');
  const isReady = (requireText === undefined || typed === requireText) && (!isCommentRequired || comment.trim() !== '');
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={title}
      description={description}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Back</Button>
          <Button variant={tone} disabled={!isReady} isBusy={isBusy} onClick={() => onConfirm(comment)}>
            {confirmLabel}
          </Button>
        </>
      }
    >
      {commentLabel !== undefined && (
        <TextArea label={commentLabel} required={isCommentRequired} value={comment} onChange={(event) => setComment(event.target.value)} />
      )}
      {requireText !== undefined && (
        <TextField label={`Type ${requireText} to go on`} value={typed} onChange={(event) => setTyped(event.target.value)} />
      )}
      {error !== undefined && (
        <p role="alert" className="text-danger-fg">
          {error}
        </p>
      )}
    </Dialog>
  );
}
