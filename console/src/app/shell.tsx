import {
  BarChart3,
  Globe2,
  HardDrive,
  KeyRound,
  LogOut,
  Menu as MenuIcon,
  Monitor,
  Moon,
  Plus,
  Settings,
  ShieldCheck,
  Sun,
  User,
} from 'lucide-react';
import { Suspense, useEffect, useRef } from 'react';
import {
  Link,
  NavLink,
  Outlet,
  ScrollRestoration,
  useLocation,
  useNavigate,
  useNavigation,
} from 'react-router';
import { send } from '@/api/client';
import {
  Button,
  ButtonLink,
  KindIcon,
  Menu,
  MenuItem,
  MenuLabel,
  MenuLine,
  MenuLink,
  Seal,
  SkeletonRows,
  useToast,
} from '@/ui';
import { SearchBox } from './search';
import { useSession } from './session';
import { setTheme, useTheme, type Theme } from './theme';
import './shell.css';

export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">
      <rect x="9.2" y="2" width="5.6" height="5.6" rx="1.4" />
      <rect x="16.4" y="2" width="5.6" height="5.6" rx="1.4" />
      <rect x="2" y="9.2" width="5.6" height="5.6" rx="1.4" opacity=".4" />
      <rect x="9.2" y="9.2" width="5.6" height="5.6" rx="1.4" />
      <rect x="16.4" y="9.2" width="5.6" height="5.6" rx="1.4" opacity=".4" />
      <rect x="2" y="16.4" width="5.6" height="5.6" rx="1.4" />
      <rect x="9.2" y="16.4" width="5.6" height="5.6" rx="1.4" />
    </svg>
  );
}

const sections = [
  { to: '/models', label: 'Models', kind: 'model' },
  { to: '/datasets', label: 'Datasets', kind: 'dataset' },
  { to: '/spaces', label: 'Spaces', kind: 'space' },
] as const;

function UserMenu() {
  const { session, user, known, replace } = useSession();
  const navigate = useNavigate();
  const toast = useToast();
  const place = useLocation();
  if (!known) return <span className="header-space" />;
  if (!user) {
    const next = place.pathname === '/' ? '' : `?next=${encodeURIComponent(place.pathname + place.search)}`;
    return (
      <div className="row">
        {session.registrationOpen ? (
          <ButtonLink tone="quiet" small to="/register">
            Register
          </ButtonLink>
        ) : null}
        <ButtonLink tone="primary" small to={`/login${place.pathname.startsWith('/login') ? '' : next}`}>
          Sign in
        </ButtonLink>
      </div>
    );
  }
  const signOut = async () => {
    try {
      await send('/api/session', { method: 'DELETE' });
      await replace(null);
      await navigate('/');
    } catch (problem) {
      toast(problem instanceof Error ? problem.message : 'You are still signed in.', true);
    }
  };
  return (
    <div className="row">
      <Menu
        trigger={
          <Button tone="quiet" icon small aria-label="New repository">
            <Plus />
          </Button>
        }
      >
        <MenuLink to="/new">
          <KindIcon kind="model" /> New model
        </MenuLink>
        <MenuLink to="/new-dataset">
          <KindIcon kind="dataset" /> New dataset
        </MenuLink>
        <MenuLink to="/new-space">
          <KindIcon kind="space" /> New space
        </MenuLink>
      </Menu>
      <Menu
        trigger={
          <button type="button" className="avatar" aria-label={`Menu of ${user.name}`}>
            <Seal name={user.name} size={26} />
          </button>
        }
      >
        <MenuLabel>Signed in as {user.name}</MenuLabel>
        <MenuLink to={`/${user.name}`}>
          <User /> Profile
        </MenuLink>
        {user.orgs.map((org) => (
          <MenuLink key={org.name} to={`/${org.name}`}>
            <Seal name={org.name} size={15} /> {org.name}
          </MenuLink>
        ))}
        <MenuLine />
        <MenuLink to="/storage">
          <HardDrive /> Assets
        </MenuLink>
        <MenuLink to="/usage">
          <BarChart3 /> Usage
        </MenuLink>
        <MenuLink to="/settings/tokens">
          <KeyRound /> Access keys
        </MenuLink>
        <MenuLink to="/settings">
          <Settings /> Settings
        </MenuLink>
        {user.isAdmin ? (
          <>
            <MenuLine />
            <MenuLink to="/status">
              <ShieldCheck /> Status and administration
            </MenuLink>
          </>
        ) : null}
        <MenuLine />
        <MenuItem onSelect={() => void signOut()}>
          <LogOut /> Sign out
        </MenuItem>
      </Menu>
    </div>
  );
}

function Header() {
  return (
    <header className="header">
      <div className="header-in">
        <Link to="/" className="brand" aria-label="SiaHub">
          <Mark />
          <span>SiaHub</span>
        </Link>
        <SearchBox />
        <nav className="header-nav" aria-label="Main">
          {sections.map(({ to, label, kind }) => (
            <NavLink key={to} to={to} className="header-link">
              <KindIcon kind={kind} size={15} /> {label}
            </NavLink>
          ))}
          <NavLink to="/providers" className="header-link">
            <Globe2 size={15} aria-hidden="true" /> Providers
          </NavLink>
        </nav>
        <div className="header-menu">
          <Menu
            trigger={
              <Button tone="quiet" icon small aria-label="Sections">
                <MenuIcon />
              </Button>
            }
          >
            {sections.map(({ to, label, kind }) => (
              <MenuLink key={to} to={to}>
                <KindIcon kind={kind} size={15} /> {label}
              </MenuLink>
            ))}
            <MenuLink to="/providers">
              <Globe2 /> Providers
            </MenuLink>
          </Menu>
        </div>
        <UserMenu />
      </div>
    </header>
  );
}

const themes: [Theme, string, typeof Sun][] = [
  ['system', 'As the system', Monitor],
  ['light', 'Light', Sun],
  ['dark', 'Dark', Moon],
];

function Footer() {
  const { session } = useSession();
  const theme = useTheme();
  return (
    <footer className="footer">
      <div className="footer-in">
        <span className="row">
          <Mark size={16} /> SiaHub {session.hub.version}
        </span>
        <Link to="/providers">Storage providers</Link>
        <a href="/api/openapi.yaml">API</a>
        <div className="theme" role="group" aria-label="Colours">
          {themes.map(([id, label, Icon]) => (
            <button
              key={id}
              type="button"
              aria-pressed={theme === id}
              aria-label={label}
              title={label}
              onClick={() => setTheme(id)}
            >
              <Icon size={14} />
            </button>
          ))}
        </div>
      </div>
    </footer>
  );
}

export const PageLoading = () => (
  <div className="page">
    <SkeletonRows rows={8} />
  </div>
);

/** Moves focus to the new page, so that a screen reader and the keyboard start there. */
function useFocusOnMove() {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const first = useRef(true);
  useEffect(() => {
    if (first.current) first.current = false;
    else if (!main.current?.contains(document.activeElement)) main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return main;
}

export function Shell() {
  const main = useFocusOnMove();
  const moving = useNavigation().state !== 'idle';
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Header />
      <div className="moving" data-on={moving} aria-hidden="true" />
      <main id="main" ref={main} tabIndex={-1}>
        <Suspense fallback={<PageLoading />}>
          <Outlet />
        </Suspense>
      </main>
      <Footer />
      <ScrollRestoration />
    </>
  );
}
