import { EmptyState } from '@flow/ui/feedback';
import Link from 'next/link';

export default function NotFound() {
  return (
    <main className="mx-auto max-w-xl p-8">
      <EmptyState
        title="There is nothing at this address"
        action={
          <Link href="/" className="text-accent underline">
            Go to the start
          </Link>
        }
      >
        The link may be old, or it belongs to a tenant that you are not a member of.
      </EmptyState>
    </main>
  );
}
