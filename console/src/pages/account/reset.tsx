import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { api } from '@/api/client';
import { useSession } from '@/app/session';
import { useSubmit } from '@/lib/use-submit';
import { Button, ButtonLink, Notice, TextField } from '@/ui';
import { AccountFrame, FormProblem, passwordProblem, shortestPassword } from './frame';

export function Component() {
  const { replace } = useSession();
  const [params] = useSearchParams();
  const token = params.get('token') ?? '';
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [done, setDone] = useState(false);
  const { busy, error, onSubmit } = useSubmit(async () => {
    await api('/api/password/reset', { method: 'POST', body: { token, new: password } });
    await replace(null);
    setDone(true);
  });
  const wrong = passwordProblem(password, again);
  if (done)
    return (
      <AccountFrame title="The password is set">
        <Notice tone="good">Every session of the account was ended. Sign in with the new password.</Notice>
        <ButtonLink tone="primary" to="/login">
          Sign in
        </ButtonLink>
      </AccountFrame>
    );
  return (
    <AccountFrame title="Set a new password">
      {token ? null : (
        <Notice tone="warn">The address has no token. Open the link exactly as you were given it.</Notice>
      )}
      <FormProblem error={error} />
      <form onSubmit={onSubmit}>
        <TextField
          label="New password"
          type="password"
          autoComplete="new-password"
          required
          minLength={shortestPassword}
          hint={`At least ${shortestPassword} characters`}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <TextField
          label="The same again"
          type="password"
          autoComplete="new-password"
          required
          problem={again ? wrong : null}
          value={again}
          onChange={(event) => setAgain(event.target.value)}
        />
        <Button tone="primary" type="submit" busy={busy} disabled={!token || wrong !== null}>
          Set the password
        </Button>
      </form>
    </AccountFrame>
  );
}
