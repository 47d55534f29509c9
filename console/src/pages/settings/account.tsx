import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { api } from '@/api/client';
import type { Identities, SessionUser } from '@/api/types';
import { useSession } from '@/app/session';
import { useSubmit } from '@/lib/use-submit';
import { Button, ButtonAnchor, Chip, Notice, RelativeTime, TextField, useToast } from '@/ui';
import { FormProblem } from '../account/frame';
import { NewPasswordFields, useNewPassword } from '../account/new-password';

const identitiesKey = ['identities'];

function Password({ has }: { has: boolean }) {
  const client = useQueryClient();
  const toast = useToast();
  const [current, setCurrent] = useState('');
  const chosen = useNewPassword();
  const { busy, error, onSubmit } = useSubmit(async () => {
    await api('/api/password', {
      method: 'POST',
      body: { new: chosen.password, ...(has ? { current } : {}) },
    });
    // The session is a new one, with a new CSRF token.
    await client.invalidateQueries();
    setCurrent('');
    chosen.clear();
    toast('The password is changed, and your other sessions are ended.');
  });
  return (
    <section className="card setting">
      <h2>{has ? 'Password' : 'Set a password'}</h2>
      <FormProblem error={error} />
      <form className="stack" onSubmit={onSubmit}>
        {has ? (
          <TextField
            label="Current password"
            type="password"
            autoComplete="current-password"
            required
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
          />
        ) : null}
        <NewPasswordFields of={chosen} label="New password" note="Your other sessions end." />
        <div>
          <Button type="submit" busy={busy} disabled={!chosen.ready}>
            {has ? 'Change it' : 'Set it'}
          </Button>
        </div>
      </form>
    </section>
  );
}

function Providers({ identities }: { identities: Identities }) {
  const { session } = useSession();
  const client = useQueryClient();
  const toast = useToast();
  const unlink = async (provider: string) => {
    try {
      await api(`/api/identities/${encodeURIComponent(provider)}`, { method: 'DELETE' });
      await client.invalidateQueries({ queryKey: identitiesKey });
    } catch (problem) {
      toast(problem instanceof Error ? problem.message : String(problem), true);
    }
  };
  if (session.providers.length === 0 && identities.identities.length === 0) return null;
  const linked = new Map(identities.identities.map((one) => [one.provider, one]));
  return (
    <section className="card setting">
      <h2>Sign in with</h2>
      <ul className="stack tight">
        {session.providers.map((provider) => {
          const identity = linked.get(provider.id);
          return (
            <li key={provider.id} className="row between wrap">
              <span>
                <b>{provider.name}</b>{' '}
                {identity ? (
                  <span className="muted small">
                    {identity.name} {identity.email} · since <RelativeTime time={identity.createdAt} />
                  </span>
                ) : null}
              </span>
              {identity ? (
                <Button small onClick={() => void unlink(provider.id)}>
                  Unlink
                </Button>
              ) : (
                <ButtonAnchor small href={`${provider.startUrl}?next=/settings`}>
                  Link
                </ButtonAnchor>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

export function AccountSettings({ user }: { user: SessionUser }) {
  const { data } = useQuery({
    queryKey: identitiesKey,
    queryFn: () => api<Identities>('/api/identities'),
    retry: false,
  });
  return (
    <>
      <h1>Account</h1>
      <section className="card setting">
        <dl className="facts">
          <dt>Name</dt>
          <dd>
            <Link to={`/${user.name}`}>{user.name}</Link>{' '}
            {user.isAdmin ? <Chip tone="info">administrator</Chip> : null}
          </dd>
          {user.fullname ? (
            <>
              <dt>Full name</dt>
              <dd>{user.fullname}</dd>
            </>
          ) : null}
          <dt>E-mail address</dt>
          <dd>{user.email || <span className="muted">none</span>}</dd>
        </dl>
      </section>
      {data ? <Providers identities={data} /> : null}
      {data && !data.hasPassword ? (
        <Notice>You sign in through a provider. With a password you can do so without it.</Notice>
      ) : null}
      <Password has={data?.hasPassword ?? true} />
    </>
  );
}
