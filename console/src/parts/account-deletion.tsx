/** Asks before a user or an organisation is deleted: what goes, what is in the way, and the name typed as a yes. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { api } from '@/api/client';
import {
  organizationDeletionQuery,
  userDeletionQuery,
  type OrganizationDeletion,
  type UserDeletion,
} from '@/api/operation';
import { plural } from '@/lib/format';
import { useSubmit } from '@/lib/use-submit';
import { Button, Dialog, ErrorState, Notice, SkeletonRows, TextField, useToast } from '@/ui';

interface Props {
  name: string;
  open: boolean;
  onClose: () => void;
  onDeleted: () => void | Promise<void>;
}

export const UserDeletionDialog = (props: Props) => (
  <Dialog open={props.open} onClose={props.onClose} title={`Delete the user ${props.name}?`}>
    <OfUser {...props} />
  </Dialog>
);

export const OrganizationDeletionDialog = (props: Props) => (
  <Dialog open={props.open} onClose={props.onClose} title={`Delete the organisation ${props.name}?`}>
    <OfOrganization {...props} />
  </Dialog>
);

function OfUser(props: Props) {
  const { data, error } = useQuery(userDeletionQuery(props.name));
  if (error) return <ErrorState error={error} />;
  if (!data) return <SkeletonRows rows={3} height={28} />;
  return (
    <Form {...props} address={`/admin/users/${encodeURIComponent(props.name)}`} loss={data}>
      <p>This ends within five seconds, and for ever:</p>
      <ul className="bullets">
        {lossesOf(data).map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
      <p className="muted">
        Commits and the event log go on naming {data.name}. Nobody else can take the name.
      </p>
    </Form>
  );
}

function lossesOf(loss: UserDeletion): string[] {
  const orgs = loss.organizations.map(({ name, role }) => `${name} (${role})`).join(', ');
  return [
    'the right to sign in',
    loss.keys > 0 ? plural(loss.keys, 'access key') : '',
    loss.sessions > 0 ? plural(loss.sessions, 'session') : '',
    loss.identities > 0 ? `${plural(loss.identities, 'link')} to accounts elsewhere` : '',
    orgs ? `membership of ${orgs}` : '',
    loss.invitations > 0 ? plural(loss.invitations, 'open invitation') : '',
  ].filter(Boolean);
}

function OfOrganization(props: Props) {
  const { data, error } = useQuery(organizationDeletionQuery(props.name));
  if (error) return <ErrorState error={error} />;
  if (!data) return <SkeletonRows rows={2} height={28} />;
  return (
    <Form {...props} address={`/api/organizations/${encodeURIComponent(props.name)}`} loss={data}>
      <p>
        {plural(data.members, 'membership')}
        {data.invitations > 0 ? ` and ${plural(data.invitations, 'open invitation')}` : ''} will end for ever.
        The people themselves stay.
      </p>
      <p className="muted">Nobody else can take the name {data.name} afterwards.</p>
    </Form>
  );
}

interface FormProps extends Props {
  address: string;
  loss: UserDeletion | OrganizationDeletion;
  children: React.ReactNode;
}

function Form({ name, address, loss, onClose, onDeleted, children }: FormProps) {
  const [typed, setTyped] = useState('');
  const [heir, setHeir] = useState('');
  const client = useQueryClient();
  const toast = useToast();
  const { busy, error, onSubmit } = useSubmit(async () => {
    await api(address, { method: 'DELETE', query: { moveRepositoriesTo: heir.trim() } });
    toast(`${name} is deleted.`);
    await onDeleted();
    await client.invalidateQueries();
  });
  const blocking = loss.hindrances.filter(({ code }) => code !== 'OwnsRepositories');
  const owns = loss.repositories > 0;
  if (blocking.length > 0)
    return (
      <>
        {blocking.map(({ code, message }) => (
          <Notice key={code} tone="warn">
            {message}.
          </Notice>
        ))}
        <div className="actions">
          <Button onClick={onClose}>Close</Button>
        </div>
      </>
    );
  return (
    <>
      {children}
      {error ? <Notice tone="bad">{error.message}</Notice> : null}
      <form className="stack" onSubmit={onSubmit}>
        {owns ? (
          <>
            <Notice tone="warn">
              <Link to={`/${encodeURIComponent(name)}`}>{name}</Link> owns{' '}
              {plural(loss.repositories, 'repository', 'repositories')}, which are not deleted with it. Say
              who gets them; old links will lead there.
            </Notice>
            <TextField
              label="Move the repositories to"
              hint="The name of a user or an organisation"
              required
              autoComplete="off"
              spellCheck={false}
              value={heir}
              onChange={(event) => setHeir(event.target.value)}
            />
          </>
        ) : null}
        <TextField
          label={`Type ${name} to go on`}
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <div className="actions">
          <Button onClick={onClose}>Keep it</Button>
          <Button
            tone="danger"
            type="submit"
            busy={busy}
            disabled={typed !== name || (owns && heir.trim() === '')}
          >
            Delete for ever
          </Button>
        </div>
      </form>
    </>
  );
}
