/** The initials of a name. */
export function Avatar({ name }: { name: string }) {
  const initials = name
    .split(/\s+/)
    .map((word) => word[0] ?? '')
    .join('')
    .slice(0, 2)
    .toUpperCase();
  return (
    <span aria-hidden className="bg-info-bg text-info-fg inline-flex size-8 items-center justify-center rounded-full text-xs font-semibold">
      {initials}
    </span>
  );
}
