import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { api } from '@/api/client';
import { useSession } from '@/app/session';
import { useSubmit } from '@/lib/use-submit';
import { Button, ButtonLink, Notice } from '@/ui';
import { AccountFrame, FormProblem } from './frame';
import { NewPasswordFields, useNewPassword } from './new-password';

export function Component() {
  const { replace } = useSession();
  const [params] = useSearchParams();
  const token = params.get('token') ?? '';
  const chosen = useNewPassword();
  const [done, setDone] = useState(false);
  const { busy, error, onSubmit } = useSubmit(async () => {
    await api('/api/password/reset', { method: 'POST', body: { token, new: chosen.password } });
    await replace(null);
    setDone(true);
  });
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
        <NewPasswordFields of={chosen} label="New password" />
        <Button tone="primary" type="submit" busy={busy} disabled={!token || !chosen.ready}>
          Set the password
        </Button>
      </form>
    </AccountFrame>
  );
}
