const anyOrigin = 'http://flow.invalid';

/** Where a log-in goes on: the path in this portal that was asked for, or its first page when the text would lead anywhere else. */
export function ownPath(asked: unknown): string {
  if (typeof asked !== 'string' || !asked.startsWith('/') || !URL.canParse(asked, anyOrigin)) return '/';
  // As the browser reads it: backslashes are slashes, tabs and line ends are nothing, and dots are resolved.
  const { origin, pathname, search, hash } = new URL(asked, anyOrigin);
  return origin === anyOrigin && !pathname.startsWith('//') ? `${pathname}${search}${hash}` : '/';
}
