import * as Radix from '@radix-ui/react-tabs';
import { useEffect, useRef, type ReactNode } from 'react';
import { NavLink, useLocation } from 'react-router';

export interface TabSpec {
  id: string;
  label: ReactNode;
  content: ReactNode;
  /** What it holds stays there, unseen, while another tab is shown. */
  kept?: boolean;
}

/** Tabs within a page. For tabs that are pages use NavTabs. */
export function Tabs({
  tabs,
  label,
  value,
  onChange,
}: {
  tabs: readonly TabSpec[];
  label: string;
  value?: string;
  onChange?: (id: string) => void;
}) {
  return (
    <Radix.Root
      defaultValue={value ?? tabs[0]?.id}
      value={onChange ? value : undefined}
      onValueChange={onChange}
    >
      <Radix.List className="tab-list" aria-label={label}>
        {tabs.map((tab) => (
          <Radix.Trigger key={tab.id} value={tab.id} className="tab">
            {tab.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content
          key={tab.id}
          value={tab.id}
          className="tab-content"
          {...(tab.kept ? { forceMount: true } : {})}
        >
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}

export interface NavTabSpec {
  to: string;
  label: ReactNode;
  icon?: ReactNode;
  /** Other addresses that belong to this tab. */
  active?: boolean;
  end?: boolean;
}

export function NavTabs({ tabs, label }: { tabs: readonly NavTabSpec[]; label: string }) {
  const list = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // Where not all tabs have room, the one that is shown has to be seen.
  useEffect(() => {
    const frame = list.current;
    const shown = frame?.querySelector<HTMLElement>('[aria-current="page"]');
    if (!frame || !shown) return;
    const middle = shown.offsetLeft - frame.offsetLeft + shown.offsetWidth / 2;
    frame.scrollLeft = middle - frame.clientWidth / 2;
  }, [pathname]);
  return (
    <nav ref={list} aria-label={label} className="tab-list">
      {tabs.map((tab) => (
        <NavLink
          key={tab.to}
          to={tab.to}
          end={tab.end ?? false}
          className="tab"
          {...(tab.active === undefined
            ? {}
            : { 'aria-current': tab.active ? ('page' as const) : (false as const) })}
        >
          {tab.icon}
          {tab.label}
        </NavLink>
      ))}
    </nav>
  );
}
