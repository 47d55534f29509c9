import { useState } from 'react';
import { Navigate, useLocation, useNavigate, useSearchParams } from 'react-router';
import { api, ApiError } from '@/api/client';
import { useSession } from '@/app/session';
import { useTitle } from '@/app/title';
import { kindNames, repoUrl, type RepoKind } from '@/lib/urls';
import { useSubmit } from '@/lib/use-submit';
import '../profile/profile.css';
import { Button, CheckField, Command, KindIcon, Notice, SelectField, TextField } from '@/ui';

const licenses = [
  '',
  'apache-2.0',
  'mit',
  'bsd-3-clause',
  'gpl-3.0',
  'cc-by-4.0',
  'cc-by-sa-4.0',
  'cc0-1.0',
  'openrail',
  'other',
];
const allowedName = /^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9_])?$/;

function nameProblem(name: string): string | null {
  if (!name) return null;
  if (name.length > 96) return 'At most 96 characters.';
  if (!allowedName.test(name) || name.includes('--') || name.includes('..') || name.endsWith('.git'))
    return 'Letters, digits, “-”, “_” and “.”; not at the ends, and not “--”, “..” or “.git”.';
  return null;
}

export function Component() {
  const { session, user, known } = useSession();
  const { pathname } = useLocation();
  const [params] = useSearchParams();
  const kind: RepoKind =
    pathname === '/new-dataset' ? 'dataset' : pathname === '/new-space' ? 'space' : 'model';
  const word = kindNames[kind].toLowerCase();
  useTitle(`New ${word}`);
  const navigate = useNavigate();
  const [owner, setOwner] = useState(params.get('owner') ?? '');
  const [name, setName] = useState('');
  const [license, setLicense] = useState('');
  const [hidden, setHidden] = useState(false);
  const ns = owner || (user?.name ?? '');
  const { busy, error, onSubmit } = useSubmit(async () => {
    const body = {
      type: kind,
      name,
      private: hidden,
      ...(ns === user?.name ? {} : { organization: ns }),
      ...(license ? { license } : {}),
      ...(kind === 'space' ? { sdk: 'static' } : {}),
    };
    await api('/api/repos/create', { method: 'POST', body });
    await navigate(repoUrl({ kind, id: `${ns}/${name}` }));
  });
  if (known && !user) return <Navigate to={`/login?next=${pathname}`} replace />;
  const owners = user
    ? [user.name, ...user.orgs.filter((org) => org.role !== 'read').map((org) => org.name)]
    : [];
  const wrong = nameProblem(name);
  const type = kind === 'model' ? '' : ` --repo-type ${kind}`;
  return (
    <div className="page narrow stack loose">
      <h1 className="row">
        <KindIcon kind={kind} size={24} /> New {word}
      </h1>
      {error ? (
        <Notice tone="bad">
          {error instanceof ApiError && error.status === 409
            ? `${ns}/${name} is there already.`
            : error.message}
        </Notice>
      ) : null}
      <form className="card card-body stack" onSubmit={onSubmit}>
        <div className="name-fields">
          <SelectField label="Owner" value={ns} onChange={(event) => setOwner(event.target.value)}>
            {owners.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </SelectField>
          <TextField
            label="Name"
            required
            autoComplete="off"
            spellCheck={false}
            problem={wrong}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </div>
        <SelectField label="Licence" value={license} onChange={(event) => setLicense(event.target.value)}>
          {licenses.map((one) => (
            <option key={one} value={one}>
              {one || 'none yet'}
            </option>
          ))}
        </SelectField>
        <CheckField
          label="Private"
          hint="Only you, and members of the organisation that owns it, can see it."
          checked={hidden}
          onChange={(event) => setHidden(event.target.checked)}
        />
        <div className="actions">
          <Button tone="primary" type="submit" busy={busy} disabled={!name || wrong !== null}>
            Make the {word}
          </Button>
        </div>
      </form>
      <div className="stack tight">
        <p className="muted">Or from a terminal; uploading makes it, too:</p>
        <Command>{`export HF_ENDPOINT=${session.hub.endpoint}\nhf upload ${ns || 'me'}/${name || `my-${word}`}${type} ./folder`}</Command>
      </div>
    </div>
  );
}
