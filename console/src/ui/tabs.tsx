import * as Radix from '@radix-ui/react-tabs';
import type { ReactNode } from 'react';
import { NavLink } from 'react-router';

export interface TabSpec {
  id: string;
  label: ReactNode;
  content: ReactNode;
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
        <Radix.Content key={tab.id} value={tab.id}>
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
  return (
    <nav aria-label={label} className="tab-list">
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
