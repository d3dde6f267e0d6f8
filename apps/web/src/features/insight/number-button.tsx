import type { Behind } from './insight-in-url.ts';

interface NumberButtonProps {
  text: string;
  /** What it is, for those who do not see where it stands. */
  label: string;
  behind: Behind;
  show: (behind: Behind) => void;
  className?: string;
}

/** A number that opens the deployments behind it. */
export function NumberButton({ text, label, behind, show, className = '' }: NumberButtonProps) {
  return (
    <button
      type="button"
      aria-label={`${label}: ${text}. Show the deployments`}
      className={`text-accent text-left tabular-nums hover:underline ${className}`}
      onClick={() => show(behind)}
    >
      {text}
    </button>
  );
}

/** What stands where there is no number. */
export function NoNumber() {
  return <span className="text-muted">no data</span>;
}
