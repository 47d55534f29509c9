import type { ReactNode } from 'react';

/** Around a table: it scrolls where it does not fit, so the keyboard has to reach it and a name has to tell what it is. */
export function TableFrame({
  label,
  className,
  children,
}: {
  label: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    <div
      className={['table-frame', className].filter(Boolean).join(' ')}
      role="group"
      aria-label={label}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      {children}
    </div>
  );
}
