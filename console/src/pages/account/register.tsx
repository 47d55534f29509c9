import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { api, ApiError } from '@/api/client';
import type { Invitation, Session } from '@/api/types';
import { useSession } from '@/app/session';
import { useSubmit } from '@/lib/use-submit';
import { Button, ButtonAnchor, Notice, RelativeTime, Skeleton, TextField } from '@/ui';
import { AccountFrame, FormProblem, safeNext } from './frame';
import { NewPasswordFields, useNewPassword } from './new-password';

export function Component() {
  const { session, known } = useSession();
  const [params] = useSearchParams();
  const token = params.get('invitation') ?? params.get('token') ?? '';
  const { data, error } = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => api<Invitation>(`/api/invitations/${encodeURIComponent(token)}`),
    enabled: token !== '',
    retry: false,
  });
  if (token && error)
    return (
      <AccountFrame title="This invitation does not work">
        <Notice tone="bad">
          {error instanceof ApiError && error.status === 404
            ? 'It is wrong, used, or too old. Ask for a new one.'
            : error.message}
        </Notice>
      </AccountFrame>
    );
  if (!known || (token && !data))
    return (
      <AccountFrame title="Make an account">
        <Skeleton height={320} />
      </AccountFrame>
    );
  if (!token && !session.registrationOpen)
    return (
      <AccountFrame title="Accounts are by invitation">
        <Notice>Ask an administrator of this hub for an invitation link.</Notice>
        <p>
          <Link to="/login">Sign in</Link> if you have an account.
        </p>
      </AccountFrame>
    );
  return <Form token={token} invitation={data ?? null} />;
}

function Form({ token, invitation }: { token: string; invitation: Invitation | null }) {
  const { session, replace } = useSession();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [email, setEmail] = useState(invitation?.email ?? '');
  const chosen = useNewPassword({ repeated: false });
  const { busy, error, onSubmit } = useSubmit(async () => {
    const body = {
      name,
      password: chosen.password,
      ...(email ? { email } : {}),
      ...(token ? { invitation: token } : {}),
    };
    await replace(await api<Session>('/api/register', { method: 'POST', body }));
    await navigate(safeNext(params.get('next')), { replace: true });
  });
  const way = token ? `?invitation=${encodeURIComponent(token)}` : '';
  return (
    <AccountFrame
      title="Make an account"
      lead={
        invitation ? (
          <>
            {invitation.invitedBy} invites you
            {invitation.org ? ` to ${invitation.org} (${invitation.role ?? 'read'})` : ''}. The invitation
            ends <RelativeTime time={invitation.expiresAt} />.
          </>
        ) : undefined
      }
    >
      <FormProblem error={error} />
      {session.providers.map((provider) => (
        <ButtonAnchor key={provider.id} href={`${provider.startUrl}${way}`}>
          Continue with {provider.name}
        </ButtonAnchor>
      ))}
      {session.providers.length > 0 ? <p className="account-or">or</p> : null}
      <form onSubmit={onSubmit}>
        <TextField
          label="Name"
          hint="Also the namespace of your repositories"
          autoComplete="username"
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextField
          label={token ? 'E-mail address (optional)' : 'E-mail address'}
          type="email"
          autoComplete="email"
          required={!token}
          readOnly={Boolean(invitation?.email)}
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <NewPasswordFields of={chosen} />
        <Button tone="primary" type="submit" busy={busy}>
          Make the account
        </Button>
      </form>
      <p className="muted small">
        You have one? <Link to="/login">Sign in</Link>.
      </p>
    </AccountFrame>
  );
}
