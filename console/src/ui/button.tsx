import type { ButtonHTMLAttributes, ReactNode } from 'react';
import { Link, type LinkProps } from 'react-router';

export interface Look {
  tone?: 'primary' | 'danger' | 'quiet';
  small?: boolean;
  icon?: boolean;
}
const classes = ({ tone, small, icon }: Look, more?: string) =>
  ['button', tone, small && 'small', icon && 'icon', more].filter(Boolean).join(' ');

export function Button({
  tone,
  small,
  icon,
  className,
  busy,
  disabled,
  children,
  ...rest
}: Look & ButtonHTMLAttributes<HTMLButtonElement> & { busy?: boolean; children: ReactNode }) {
  return (
    <button
      type="button"
      {...rest}
      className={classes({ tone, small, icon }, className)}
      disabled={disabled === true || busy === true}
      aria-busy={busy}
    >
      {children}
    </button>
  );
}

export function ButtonLink({ tone, small, icon, className, ...rest }: Look & LinkProps) {
  return <Link {...rest} className={classes({ tone, small, icon }, className)} />;
}

/** To an address that the hub answers itself (a download, another site), not a page of the console. */
export function ButtonAnchor({
  tone,
  small,
  icon,
  className,
  children,
  ...rest
}: Look & React.AnchorHTMLAttributes<HTMLAnchorElement>) {
  return (
    <a {...rest} className={classes({ tone, small, icon }, className)}>
      {children}
    </a>
  );
}
