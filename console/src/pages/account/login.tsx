import { useState } from 'react';
import { Link, Navigate, useNavigate, useSearchParams } from 'react-router';
import { api } from '@/api/client';
import type { Session } from '@/api/types';
import { useSession } from '@/app/session';
import { useSubmit } from '@/lib/use-submit';
import { Button, ButtonAnchor, Notice, TextField } from '@/ui';
import { AccountFrame, FormProblem, safeNext } from './frame';

/** What can go wrong on the way through another provider, and what to do about it. */
export const oauthProblems: Record<string, string> = {
  provider_unknown: 'This hub does not know that provider.',
  provider_unavailable: 'The provider did not answer. Try again in a moment.',
  provider_refused: 'The provider was told not to sign you in, or refused to. Nothing was changed.',
  state_invalid:
    'Signing in took too long, was started in another browser, or was used already. Start again from here.',
  code_refused:
    'The provider did not take back the code it gave your browser: it was used already, or is too old. Start again from here.',
  answer_invalid:
    'What the provider answered does not check out. An administrator should look at its settings.',
  email_unverified: 'The provider has not verified your e-mail address. Verify it there first.',
  account_exists:
    'There is an account with your e-mail address. Sign in to it with its password, then link the provider in your settings.',
  already_linked: 'That account of the provider belongs to another account of this hub.',
  too_many_attempts: 'Too many attempts. Wait a minute, then try again.',
  registration_closed:
    'You have no account here, and this hub takes new ones by invitation only. Ask an administrator for a link.',
  invitation_invalid: 'The invitation is wrong, used, or too old. Ask for a new one.',
  account_disabled: 'Your account is switched off. An administrator of this hub can switch it on.',
};

export function Component() {
  const { session, user, known, replace } = useSession();
  const [params] = useSearchParams();
  const next = safeNext(params.get('next'));
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const { busy, error, onSubmit } = useSubmit(async () => {
    await replace(await api<Session>('/api/session', { method: 'POST', body: { name, password } }));
    await navigate(next, { replace: true });
  });
  const code = params.get('error');
  if (known && user) return <Navigate to={next} replace />;
  return (
    <AccountFrame title="Sign in">
      {session.setupNeeded ? (
        <Notice tone="warn">
          This hub has no administrator yet. Open the set-up link that it printed when it started.
        </Notice>
      ) : null}
      {code ? (
        <Notice tone="bad">{oauthProblems[code] ?? `Signing in did not work (${code}).`}</Notice>
      ) : null}
      <FormProblem error={error} />
      {session.providers.map((provider) => (
        <ButtonAnchor key={provider.id} href={`${provider.startUrl}?next=${encodeURIComponent(next)}`}>
          Continue with {provider.name}
        </ButtonAnchor>
      ))}
      {session.providers.length > 0 ? <p className="account-or">or</p> : null}
      <form onSubmit={onSubmit}>
        <TextField
          label="Name or e-mail address"
          autoComplete="username"
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextField
          label="Password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Button tone="primary" type="submit" busy={busy}>
          {busy ? 'Signing in…' : 'Sign in'}
        </Button>
      </form>
      <p className="muted small">
        {session.registrationOpen ? (
          <>
            No account yet? <Link to={`/register?next=${encodeURIComponent(next)}`}>Make one</Link>.{' '}
          </>
        ) : (
          'Accounts are made by invitation. '
        )}
        Forgot your password? An administrator of this hub can make a link to set a new one.
      </p>
    </AccountFrame>
  );
}
