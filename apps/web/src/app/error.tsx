'use client';

import { ErrorState } from '@flow/ui/feedback';

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="mx-auto max-w-xl p-8">
      <ErrorState
        title="This page broke"
        message="Flow could not draw this page. Nothing that is running is affected."
        requestId={error.digest}
        onRetry={reset}
      />
    </main>
  );
}
