import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Building2, Plus } from 'lucide-react';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { api } from '@/api/client';
import type { OrgMember, Role, SessionUser } from '@/api/types';
import { useTitle } from '@/app/title';
import { useSubmit } from '@/lib/use-submit';
import { OrganizationDeletionDialog } from '@/parts/account-deletion';
import {
  Button,
  ButtonLink,
  Chip,
  Dialog,
  EmptyState,
  ErrorState,
  Seal,
  SelectField,
  SkeletonRows,
  TableFrame,
  TextField,
  useToast,
} from '@/ui';
import { FormProblem } from '../account/frame';

const roles: Record<Role, string> = {
  read: 'read: see private repositories',
  contributor: 'contributor: also make repositories',
  write: 'write: also change all of them',
  admin: 'admin: also members and settings',
};

const membersKey = (org: string) => ['members', org];

export function OrganizationList({ user }: { user: SessionUser }) {
  useTitle('Organisations');
  const [creating, setCreating] = useState(false);
  const [name, setName] = useState('');
  const [fullname, setFullname] = useState('');
  const client = useQueryClient();
  const navigate = useNavigate();
  const create = useSubmit(async () => {
    await api('/api/organizations', { method: 'POST', body: { name, ...(fullname ? { fullname } : {}) } });
    await client.invalidateQueries({ queryKey: ['session'] });
    await navigate(`/settings/organizations/${name}`);
  });
  return (
    <>
      <div className="row between wrap">
        <h1>Organisations</h1>
        <Button tone="primary" onClick={() => setCreating(true)}>
          <Plus /> New organisation
        </Button>
      </div>
      <p className="muted">A namespace for several people, with roles.</p>
      {user.orgs.length === 0 ? (
        <div className="card">
          <EmptyState title="You belong to none" icon={<Building2 aria-hidden="true" />}>
            <p>Make one, or ask a member of one to add you.</p>
          </EmptyState>
        </div>
      ) : (
        <ul className="card">
          {user.orgs.map((org) => (
            <li key={org.name} className="row between org-row">
              <Link to={`/${org.name}`} className="row">
                <Seal name={org.name} size={24} /> <b>{org.fullname || org.name}</b>
              </Link>
              <span className="row">
                <Chip>{org.role}</Chip>
                <ButtonLink small to={`/settings/organizations/${org.name}`}>
                  Members
                </ButtonLink>
              </span>
            </li>
          ))}
        </ul>
      )}
      <Dialog open={creating} onClose={() => setCreating(false)} title="New organisation">
        <FormProblem error={create.error} />
        <form className="stack" onSubmit={create.onSubmit}>
          <TextField
            label="Name"
            hint="Its namespace: name/my-model"
            required
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <TextField
            label="Full name (optional)"
            value={fullname}
            onChange={(event) => setFullname(event.target.value)}
          />
          <div className="actions">
            <Button onClick={() => setCreating(false)}>Cancel</Button>
            <Button tone="primary" type="submit" busy={create.busy}>
              Make it
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}

function MemberRow({
  org,
  member,
  manageable,
  self,
}: {
  org: string;
  member: OrgMember;
  manageable: boolean;
  self: boolean;
}) {
  const client = useQueryClient();
  const toast = useToast();
  const at = `/api/organizations/${encodeURIComponent(org)}/members/${encodeURIComponent(member.user)}`;
  const change = async (act: () => Promise<unknown>) => {
    try {
      await act();
      await client.invalidateQueries({ queryKey: membersKey(org) });
      if (self) await client.invalidateQueries({ queryKey: ['session'] });
    } catch (problem) {
      toast(problem instanceof Error ? problem.message : String(problem), true);
    }
  };
  return (
    <tr>
      <td>
        <Link to={`/${member.user}`} className="row">
          <Seal name={member.user} size={20} /> {member.user}
        </Link>
      </td>
      <td>
        {manageable ? (
          <select
            className="input"
            aria-label={`Role of ${member.user}`}
            value={member.role}
            onChange={(event) =>
              void change(() => api(at, { method: 'PUT', body: { role: event.target.value } }))
            }
          >
            {Object.entries(roles).map(([id, label]) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        ) : (
          member.role
        )}
      </td>
      <td className="right">
        {manageable || self ? (
          <Button small onClick={() => void change(() => api(at, { method: 'DELETE' }))}>
            {self ? 'Leave' : 'Remove'}
          </Button>
        ) : null}
      </td>
    </tr>
  );
}

function Deletion({ org }: { org: string }) {
  const [open, setOpen] = useState(false);
  const navigate = useNavigate();
  return (
    <section className="card setting danger">
      <h2>Delete this organisation</h2>
      <div className="row between wrap">
        <p className="muted">Everybody stops being a member. Its repositories go to whom you name.</p>
        <Button tone="danger" onClick={() => setOpen(true)}>
          Delete…
        </Button>
      </div>
      <OrganizationDeletionDialog
        name={org}
        open={open}
        onClose={() => setOpen(false)}
        onDeleted={() => navigate('/settings/organizations')}
      />
    </section>
  );
}

export function OrganizationSettings({ user, org }: { user: SessionUser; org: string }) {
  useTitle(org);
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('write');
  const { data, error, isPending } = useQuery({
    queryKey: membersKey(org),
    queryFn: () => api<OrgMember[]>(`/api/organizations/${encodeURIComponent(org)}/members`),
    retry: false,
  });
  const add = useSubmit(async () => {
    await api(`/api/organizations/${encodeURIComponent(org)}/members/${encodeURIComponent(name)}`, {
      method: 'PUT',
      body: { role },
    });
    await client.invalidateQueries({ queryKey: membersKey(org) });
    setName('');
  });
  const manageable = user.isAdmin || user.orgs.some((one) => one.name === org && one.role === 'admin');
  return (
    <>
      <h1 className="row">
        <Seal name={org} size={28} /> <Link to={`/${org}`}>{org}</Link>
      </h1>
      {error ? <ErrorState error={error} /> : null}
      {isPending ? <SkeletonRows rows={3} height={42} /> : null}
      {data ? (
        <TableFrame label="Members">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Member</th>
                <th scope="col">Role</th>
                <th scope="col">
                  <span className="hidden-visually">Remove</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.map((member) => (
                <MemberRow
                  key={member.user}
                  org={org}
                  member={member}
                  manageable={manageable}
                  self={member.user === user.name}
                />
              ))}
            </tbody>
          </table>
        </TableFrame>
      ) : null}
      {manageable ? (
        <section className="card setting">
          <h2>Add a member</h2>
          <FormProblem error={add.error} />
          <form className="setting-form" onSubmit={add.onSubmit}>
            <TextField
              label="User name"
              required
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
            <SelectField label="Role" value={role} onChange={(event) => setRole(event.target.value as Role)}>
              {Object.entries(roles).map(([id, label]) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </SelectField>
            <Button type="submit" busy={add.busy}>
              Add
            </Button>
          </form>
        </section>
      ) : null}
      {manageable ? <Deletion org={org} /> : null}
    </>
  );
}
