import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { api } from '@/api/client';
import { deletionQuery, refsQuery } from '@/api/repos';
import { useSession } from '@/app/session';
import { useTitle } from '@/app/title';
import { formatBytes, plural } from '@/lib/format';
import { apiUrl, kindNames } from '@/lib/urls';
import { useSubmit } from '@/lib/use-submit';
import { Button, Dialog, EmptyState, Notice, SelectField, TextField, useToast } from '@/ui';
import { useRepo } from './context';
import './settings.css';

function Part({ title, children, danger = false }: { title: string; children: ReactNode; danger?: boolean }) {
  return (
    <section className={danger ? 'card setting danger' : 'card setting'}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Rename() {
  const repo = useRepo();
  const { user } = useSession();
  const client = useQueryClient();
  const toast = useToast();
  const [owner, setOwner] = useState(repo.ns);
  const [name, setName] = useState(repo.name);
  const to = `${owner}/${name}`;
  const { busy, error, onSubmit } = useSubmit(async () => {
    await api('/api/repos/move', {
      method: 'POST',
      body: { fromRepo: repo.id, toRepo: to, type: repo.kind },
    });
    toast(`It is called ${to} now. The old address leads here.`);
    // Asked again, the old name leads to the new one, and the frame around this page goes there. It alone does: two
    // that navigate would race.
    await client.invalidateQueries();
  });
  const owners = [...new Set([repo.ns, user?.name ?? repo.ns, ...(user?.orgs ?? []).map((org) => org.name)])];
  return (
    <Part title="Name and owner">
      <p className="muted small">Links, clones and downloads under the old name go on working.</p>
      {error ? <Notice tone="bad">{error.message}</Notice> : null}
      <form className="setting-form" onSubmit={onSubmit}>
        <SelectField label="Owner" value={owner} onChange={(event) => setOwner(event.target.value)}>
          {owners.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </SelectField>
        <TextField label="Name" required value={name} onChange={(event) => setName(event.target.value)} />
        <Button type="submit" busy={busy} disabled={to === repo.id || !name}>
          Rename
        </Button>
      </form>
    </Part>
  );
}

function Visibility() {
  const repo = useRepo();
  const client = useQueryClient();
  const toast = useToast();
  const hidden = repo.info.private;
  const { busy, error, submit } = useSubmit(async () => {
    await api(apiUrl(repo, '/settings'), { method: 'PUT', body: { private: !hidden } });
    await client.invalidateQueries({ queryKey: ['repo', repo.kind, repo.id] });
    toast(hidden ? 'Everybody can see it now.' : 'Only its namespace can see it now.');
  });
  return (
    <Part title="Visibility">
      {error ? <Notice tone="bad">{error.message}</Notice> : null}
      <div className="row between wrap">
        <p>
          This {repo.kind} is <b>{hidden ? 'private' : 'public'}</b>.{' '}
          <span className="muted">
            {hidden
              ? `Only members of ${repo.ns} can see it.`
              : 'Everybody who reaches this hub can see and download it.'}
          </span>
        </p>
        <Button busy={busy} onClick={() => void submit()}>
          Make it {hidden ? 'public' : 'private'}
        </Button>
      </div>
    </Part>
  );
}

function DefaultBranch() {
  const repo = useRepo();
  const client = useQueryClient();
  const toast = useToast();
  const { data } = useQuery(refsQuery(repo));
  const [branch, setBranch] = useState(repo.defaultBranch);
  const { busy, error, onSubmit } = useSubmit(async () => {
    await api(apiUrl(repo, '/settings'), { method: 'PUT', body: { defaultBranch: branch } });
    await client.invalidateQueries({ queryKey: ['repo', repo.kind, repo.id] });
    toast(`${branch} is what is shown first now.`);
  });
  const branches = data?.branches.map((one) => one.name) ?? [repo.defaultBranch];
  return (
    <Part title="Default branch">
      <p className="muted small">
        What the card and the files show first, and what clients get that name no revision.
      </p>
      {error ? <Notice tone="bad">{error.message}</Notice> : null}
      <form className="setting-form" onSubmit={onSubmit}>
        <SelectField label="Branch" value={branch} onChange={(event) => setBranch(event.target.value)}>
          {branches.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </SelectField>
        <Button type="submit" busy={busy} disabled={branch === repo.defaultBranch}>
          Change
        </Button>
      </form>
    </Part>
  );
}

function Delete() {
  const repo = useRepo();
  const client = useQueryClient();
  const navigate = useNavigate();
  const toast = useToast();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const { data: preview } = useQuery({ ...deletionQuery(repo), enabled: open });
  const { busy, error, onSubmit } = useSubmit(async () => {
    await api('/api/repos/delete', {
      method: 'DELETE',
      body: { name: repo.name, organization: repo.ns, type: repo.kind },
    });
    toast(`${repo.id} is deleted.`);
    await navigate(`/${repo.ns}`);
    client.removeQueries({ queryKey: ['repo', repo.kind, repo.id] });
    await client.invalidateQueries();
  });
  const close = () => {
    setOpen(false);
    setTyped('');
  };
  return (
    <Part title={`Delete this ${repo.kind}`} danger>
      <div className="row between wrap">
        <p className="muted">All its files, branches and history, for ever.</p>
        <Button tone="danger" onClick={() => setOpen(true)}>
          Delete…
        </Button>
      </div>
      <Dialog open={open} onClose={close} title={`Delete ${repo.id}?`}>
        {preview ? (
          <Notice tone="warn">
            {plural(preview.files, 'file')} of {formatBytes(preview.bytes)} in{' '}
            {plural(preview.commits, 'commit')} go away. That frees <b>{formatBytes(preview.frees)}</b>
            {preview.frees < preview.bytes
              ? '; the rest is stored once for other repositories, too, or took no place'
              : ''}
            .
          </Notice>
        ) : null}
        {error ? <Notice tone="bad">{error.message}</Notice> : null}
        <form className="stack" onSubmit={onSubmit}>
          <TextField
            label={`Type ${repo.id} to go on`}
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
          <div className="actions">
            <Button onClick={close}>Keep it</Button>
            <Button tone="danger" type="submit" busy={busy} disabled={typed !== repo.id}>
              Delete for ever
            </Button>
          </div>
        </form>
      </Dialog>
    </Part>
  );
}

export function Component() {
  const repo = useRepo();
  useTitle(`${repo.id} settings`);
  if (!repo.administrable)
    return (
      <EmptyState title="These settings are not yours">
        <p>
          {kindNames[repo.kind]}s are changed by their owner, and by administrators of the organisation that
          owns them.
        </p>
      </EmptyState>
    );
  return (
    <div className="stack settings-stack" key={repo.id}>
      <Rename />
      <Visibility />
      <DefaultBranch />
      <Delete />
    </div>
  );
}
