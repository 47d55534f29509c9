import { useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { api } from '@/api/client';
import type { Session } from '@/api/types';
import { useSession } from '@/app/session';
import { useSubmit } from '@/lib/use-submit';
import { Button, ButtonLink, Notice, TextField } from '@/ui';
import { AccountFrame, FormProblem } from './frame';
import { NewPasswordFields, useNewPassword } from './new-password';

export function Component() {
  const { session, known, replace } = useSession();
  const [params] = useSearchParams();
  const token = params.get('token') ?? '';
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const chosen = useNewPassword();
  const { busy, error, onSubmit } = useSubmit(async () => {
    const body = { token, name, password: chosen.password, ...(email ? { email } : {}) };
    await replace(await api<Session>('/api/setup', { method: 'POST', body }));
    await navigate('/settings/tokens', { replace: true });
  });
  if (known && !session.setupNeeded)
    return (
      <AccountFrame title="Set-up is done">
        <Notice>This hub has an administrator already.</Notice>
        <ButtonLink to="/login">Sign in</ButtonLink>
      </AccountFrame>
    );
  return (
    <AccountFrame
      title="Set up this hub"
      lead="Make the first administrator. Everything else can be done from here afterwards."
    >
      {token ? null : (
        <Notice tone="warn">The address has no token. Open the link exactly as the hub printed it.</Notice>
      )}
      <FormProblem error={error} />
      <form onSubmit={onSubmit}>
        <TextField
          label="Name"
          hint="Also the namespace of your repositories: name/my-model"
          autoComplete="username"
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextField
          label="E-mail address (optional)"
          type="email"
          autoComplete="email"
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <NewPasswordFields of={chosen} />
        <Button tone="primary" type="submit" busy={busy} disabled={!token || !chosen.ready}>
          Make the administrator
        </Button>
      </form>
    </AccountFrame>
  );
}
