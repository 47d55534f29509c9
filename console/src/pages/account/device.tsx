import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Navigate, useLocation, useNavigate, useSearchParams } from 'react-router';
import { api } from '@/api/client';
import type { DeviceRequest, KeyScope } from '@/api/types';
import { useSession } from '@/app/session';
import { useSubmit } from '@/lib/use-submit';
import { Button, ErrorState, Notice, RelativeTime, SelectField, Skeleton, TextField } from '@/ui';
import { AccountFrame, FormProblem } from './frame';

/** `hf auth login` sends people here: agree that the program gets a key of theirs. */
export function Component() {
  const { user, known } = useSession();
  const [params] = useSearchParams();
  const place = useLocation();
  const code = params.get('user_code') ?? '';
  if (known && !user)
    return <Navigate to={`/login?next=${encodeURIComponent(place.pathname + place.search)}`} replace />;
  return code ? <Agree code={code} /> : <Ask />;
}

function Ask() {
  const [code, setCode] = useState('');
  const navigate = useNavigate();
  return (
    <AccountFrame title="Sign in a program" lead="Type the code that the program shows.">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void navigate(`/device?user_code=${encodeURIComponent(code.trim())}`);
        }}
      >
        <TextField
          label="Code"
          required
          autoComplete="off"
          className="mono"
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
        <Button tone="primary" type="submit">
          Go on
        </Button>
      </form>
    </AccountFrame>
  );
}

function Agree({ code }: { code: string }) {
  const { user } = useSession();
  const address = `/api/device/${encodeURIComponent(code)}`;
  const { data, error } = useQuery({
    queryKey: ['device', code],
    queryFn: () => api<DeviceRequest>(address),
    retry: false,
    enabled: user !== null,
  });
  const [scope, setScope] = useState<KeyScope>('write');
  const [answer, setAnswer] = useState<boolean | null>(null);
  const say = async (approve: boolean) => {
    await api(address, { method: 'POST', body: { approve, ...(approve ? { scope } : {}) } });
    setAnswer(approve);
  };
  const agree = useSubmit(() => say(true));
  const refuse = useSubmit(() => say(false));
  if (error)
    return (
      <AccountFrame title="Sign in a program">
        <ErrorState error={error} />
      </AccountFrame>
    );
  if (answer !== null)
    return (
      <AccountFrame title={answer ? 'The program is signed in' : 'Refused'}>
        <Notice tone={answer ? 'good' : 'info'}>
          {answer
            ? 'It has its key within seconds. You can close this page; the key is among your access keys.'
            : 'The program gets no key.'}
        </Notice>
      </AccountFrame>
    );
  return (
    <AccountFrame title="Sign in a program" lead={user ? `It will act as ${user.name}.` : undefined}>
      <FormProblem error={agree.error ?? refuse.error} />
      {data ? (
        <form onSubmit={agree.onSubmit}>
          <p className="device-code">{data.userCode}</p>
          <p className="small">
            Asked for <RelativeTime time={data.createdAt} /> from <code>{data.address}</code> by{' '}
            {data.userAgent || 'a program without a name'}. Agree only if the program shows the same code.
          </p>
          <SelectField
            label="It may"
            value={scope}
            onChange={(event) => setScope(event.target.value as KeyScope)}
          >
            <option value="read">read what I may read</option>
            <option value="write">read and write what I may</option>
          </SelectField>
          <div className="actions">
            <Button busy={refuse.busy} onClick={() => void refuse.submit()}>
              Refuse
            </Button>
            <Button tone="primary" type="submit" busy={agree.busy}>
              Agree
            </Button>
          </div>
        </form>
      ) : (
        <Skeleton height={220} />
      )}
    </AccountFrame>
  );
}
