'use client';

import type { LinkProps } from '@flow/ui/link';
import NextLink from 'next/link';

/** A link that changes the page in place. A list of fifty does not load fifty pages ahead. */
export function RouterLink(props: LinkProps) {
  return <NextLink prefetch={false} {...props} />;
}
