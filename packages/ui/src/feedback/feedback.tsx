import type { ReactNode } from 'react';
import { Button } from '../button/index.ts';
import { toneGround } from '../status/index.ts';
import type { Tone } from '../status/index.ts';

/** Stands in for what is being loaded, in its size. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <output aria-label="Loading" className="flex animate-pulse flex-col gap-3 group-data-flush/panel:p-4">
      {Array.from({ length: lines }, (_, index) => (
        <div key={index} className="bg-raised h-4 rounded" style={{ width: `${90 - ((index * 17) % 40)}%` }} />
      ))}
    </output>
  );
}

/** A page with nothing on it: says what belongs here and how it gets here. */
export function EmptyState({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-2 px-4 py-8 text-center">
      <p className="font-medium">{title}</p>
      {children !== undefined && <p className="text-muted max-w-md">{children}</p>}
      {action}
    </div>
  );
}

/** What went wrong, what to do, and an id for those who look after the portal. */
export function ErrorState({
  title,
  message,
  requestId,
  onRetry,
}: {
  title: string;
  message: string;
  requestId?: string | undefined;
  onRetry?: () => void;
}) {
  return (
    <div role="alert" className={`flex flex-col items-start gap-2 rounded-lg border p-4 group-data-flush/panel:m-4 ${toneGround.danger}`}>
      <p className="font-semibold">{title}</p>
      <p>{message}</p>
      {requestId !== undefined && (
        <p className="text-xs">
          For the platform team: <code className="font-mono">{requestId}</code>
        </p>
      )}
      {onRetry !== undefined && (
        <Button size="s" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** A remark beside the content. */
export function Notice({ tone, title, children }: { tone: Tone; title?: string; children?: ReactNode }) {
  return (
    <div role={tone === 'danger' ? 'alert' : 'status'} className={`rounded-lg border px-4 py-3 ${toneGround[tone]}`}>
      {title !== undefined && <p className="font-semibold">{title}</p>}
      <div className="break-words">{children}</div>
    </div>
  );
}
