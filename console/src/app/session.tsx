import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, use, useCallback, useMemo, type ReactNode } from 'react';
import { api, ApiError, setCsrf } from '@/api/client';
import type { Session, SessionUser } from '@/api/types';

const anonymous: Session = {
  user: null,
  csrf: '',
  providers: [],
  registrationOpen: false,
  setupNeeded: false,
  hub: { version: '', endpoint: location.origin },
};

interface Held {
  session: Session;
  user: SessionUser | null;
  /** False until the hub has said who this is. */
  known: boolean;
  /** Takes the answer of a call that signed in or out, and forgets what the former user saw. */
  replace: (session: Session | null) => Promise<void>;
}

const Context = createContext<Held>({
  session: anonymous,
  user: null,
  known: false,
  replace: () => Promise.resolve(),
});
export const useSession = (): Held => use(Context);

async function loadSession(): Promise<Session> {
  try {
    const session = await api<Session>('/api/session');
    setCsrf(session.csrf);
    return session;
  } catch (problem) {
    // A hub without accounts for browsers can still be looked at.
    if (problem instanceof ApiError && problem.status === 404) return anonymous;
    throw problem;
  }
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const { data, isSuccess, isError } = useQuery({
    queryKey: ['session'],
    queryFn: loadSession,
    staleTime: 60_000,
  });
  const replace = useCallback(
    async (session: Session | null) => {
      const now = session ?? (await loadSession());
      setCsrf(now.csrf);
      client.setQueryData(['session'], now);
      // Whatever else is known was known to somebody else.
      await client.resetQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
    },
    [client],
  );
  const held = useMemo<Held>(() => {
    const session = data ?? anonymous;
    return { session, user: session.user, known: isSuccess || isError, replace };
  }, [data, isSuccess, isError, replace]);
  return <Context value={held}>{children}</Context>;
}

/** Whether this person may write into the namespace; the hub has the last word. */
export function mayWrite(user: SessionUser | null, namespace: string): boolean {
  if (!user) return false;
  const same = (name: string) => name.toLowerCase() === namespace.toLowerCase();
  return same(user.name) || user.orgs.some((org) => same(org.name) && org.role !== 'read');
}

export function mayAdminister(user: SessionUser | null, namespace: string): boolean {
  if (!user) return false;
  const same = (name: string) => name.toLowerCase() === namespace.toLowerCase();
  return user.isAdmin || same(user.name) || user.orgs.some((org) => same(org.name) && org.role === 'admin');
}
