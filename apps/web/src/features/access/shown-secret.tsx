'use client';

import { Button } from '@flow/ui/button';
import { CopyButton } from '@flow/ui/copy';
import { Dialog } from '@flow/ui/dialog';

interface ShownSecretProps {
  title: string;
  description: string;
  /** What to copy, each with its name. */
  values: readonly { label: string; value: string }[];
  onClose: () => void;
}

/** Shows what is shown once. It closes only when its reader says so. */
export function ShownSecret({ title, description, values, onClose }: ShownSecretProps) {
  return (
    <Dialog open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())} title={title} description={description}>
      <dl className="flex flex-col gap-3">
        {values.map(({ label, value }) => (
          <div key={label} className="flex flex-col gap-1">
            <dt className="text-xs font-medium">{label}</dt>
            <dd className="bg-raised flex items-center justify-between gap-2 rounded-md border border-line py-1 pr-1 pl-2.5">
              <code className="min-w-0 text-xs break-all">{value}</code>
              <CopyButton value={value} label={`Copy: ${label}`} />
            </dd>
          </div>
        ))}
      </dl>
      <div className="flex justify-end">
        <Button variant="primary" onClick={onClose}>
          I have kept it
        </Button>
      </div>
    </Dialog>
  );
}
