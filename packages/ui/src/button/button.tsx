import type { ComponentProps } from 'react';
import { Link } from '../link/index.ts';
import type { LinkProps } from '../link/index.ts';

type Variant = 'primary' | 'secondary' | 'danger' | 'ghost';

const variants: Readonly<Record<Variant, string>> = {
  primary: 'bg-accent text-on-accent border-transparent hover:opacity-90',
  secondary: 'bg-surface text-text border-line hover:bg-raised',
  danger: 'bg-surface text-danger-fg border-danger-line hover:bg-danger-bg',
  ghost: 'bg-transparent text-text border-transparent hover:bg-raised',
};

const sizes = { s: 'h-7 px-2.5 text-xs', m: 'h-9 px-3.5 text-sm' } as const;
const shape =
  'inline-flex items-center justify-center gap-1.5 whitespace-nowrap rounded-md border font-medium transition-colors disabled:cursor-not-allowed disabled:opacity-50';

export interface ButtonProps extends ComponentProps<'button'> {
  variant?: Variant;
  size?: 's' | 'm';
  /** Its action is under way: it cannot be pressed again. */
  isBusy?: boolean;
}

/** A button. It does not submit a form unless its type says so. */
export function Button({
  variant = 'secondary',
  size = 'm',
  isBusy = false,
  className = '',
  disabled,
  type = 'button',
  ...props
}: ButtonProps) {
  return (
    <button
      type={type}
      disabled={disabled === true || isBusy}
      aria-busy={isBusy || undefined}
      className={`${shape} ${variants[variant]} ${sizes[size]} ${className}`}
      {...props}
    />
  );
}

/** A link that looks like a button. */
export function ButtonLink({
  variant = 'secondary',
  size = 'm',
  className = '',
  ...props
}: LinkProps & { variant?: Variant; size?: 's' | 'm' }) {
  return <Link className={`${shape} ${variants[variant]} ${sizes[size]} ${className}`} {...props} />;
}

/** A button with a picture only; its label is read aloud and shown on hover. */
export function IconButton({ label, className = '', ...props }: ComponentProps<'button'> & { label: string }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={`text-muted hover:bg-raised hover:text-text inline-flex size-8 items-center justify-center rounded-md ${className}`}
      {...props}
    />
  );
}
