'use client';

import { TextArea } from '@flow/ui/field';
import { FormDialog } from '../form/form-dialog.tsx';
import { useFields } from '../form/use-fields.ts';

interface ReasonDialogProps {
  title: string;
  description: string;
  label: string;
  submitLabel: string;
  isBusy: boolean;
  error: unknown;
  onClose: () => void;
  onSubmit: (reason: string) => void;
}

/** Asks why: what people do to a version is told with its reason wherever it has an effect. */
export function ReasonDialog({ title, description, label, submitLabel, isBusy, error, onClose, onSubmit }: ReasonDialogProps) {
  const form = useFields({ reason: '' }, error);
  const reason = form.values.reason.trim();
  return (
    <FormDialog
      open
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      title={title}
      description={description}
      submitLabel={submitLabel}
      isBusy={isBusy}
      isDisabled={reason === ''}
      message={form.message}
      onSubmit={() => onSubmit(reason)}
    >
      <TextArea label={label} maxLength={500} {...form.field('reason')} />
    </FormDialog>
  );
}
