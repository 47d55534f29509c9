/** What each kind of event says, as a sentence. What `about` and `detail` hold with it stands in api/openapi.yaml. */
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { EventKind, HubEvent } from '@/api/operation';
import { plural } from '@/lib/format';
import { describeAgent } from '@/lib/user-agent';

/** A user or an organisation, by its name of then. */
const Name = ({ of }: { of: string }) => <Link to={`/${encodeURIComponent(of)}`}>{of}</Link>;

const about = ({ about }: HubEvent) => about ?? 'something unnamed';
const aboutName = (event: HubEvent) => (event.about ? <Name of={event.about} /> : 'somebody');
const from = ({ detail }: HubEvent) => (detail ? ` from ${detail}` : '');

/** Who did it. What is nobody's doing was done by a visitor, or by an operator at the command line. */
const by = (event: HubEvent, otherwise: string) => (event.user ? <Name of={event.user} /> : otherwise);
const person = (event: HubEvent) => by(event, 'Somebody');
const keeper = (event: HubEvent) => by(event, 'The command line');

/** "acme write": of which organisation, and what one may do there. */
function membership(detail: string | null | undefined): [org: string, role: string] | null {
  const [org, role] = detail?.split(' ') ?? [];
  return org && role ? [org, role] : null;
}

function Invited({ event }: { event: HubEvent }) {
  const [org, role] = membership(event.detail) ?? [];
  return (
    <>
      {event.about ? ` for ${event.about}` : ''}
      {org ? (
        <>
          {' '}
          into <Name of={org} /> as {role}
        </>
      ) : null}
    </>
  );
}

const visibilities: Record<string, string> = {
  private: 'made this repository private',
  public: 'made this repository public',
  'gated auto': 'asks who wants this repository to request access, and grants it at once',
  'gated manual': 'asks who wants this repository to request access, and decides about each request',
  'not gated': 'no longer asks for requests to access this repository',
};

function Joined({ event }: { event: HubEvent }): ReactNode {
  switch (event.detail) {
    case 'setup':
      return <>{aboutName(event)} became the first administrator, by the link for setting up</>;
    case 'invitation':
      return <>{aboutName(event)} joined by invitation</>;
    case 'registration':
      return <>{aboutName(event)} registered</>;
    case null:
    case '':
      return (
        <>
          {keeper(event)} made the user {aboutName(event)}
        </>
      );
    default:
      return (
        <>
          {aboutName(event)} joined with {event.detail}
        </>
      );
  }
}

const words: Record<EventKind, (event: HubEvent) => ReactNode> = {
  upload: (event) => <>{person(event)} uploaded</>,
  download: (event) => <>{person(event)} downloaded</>,
  commit: (event) => <>{person(event)} committed</>,
  cache_hit: () => 'What was asked for was in the cache',
  cache_miss: () => 'What was asked for was not in the cache',
  create: (event) => <>{keeper(event)} made this repository</>,
  delete: (event) => (
    <>
      {keeper(event)} deleted {about(event)}
    </>
  ),
  repo_renamed: (event) => (
    <>
      {keeper(event)} renamed {about(event)}
    </>
  ),
  repo_visibility_changed: (event) => (
    <>
      {keeper(event)} {visibilities[event.detail ?? ''] ?? `changed who may see it: ${event.detail ?? ''}`}
    </>
  ),
  sign_in: (event) => (
    <>
      {person(event)} signed in {event.about ? `with ${event.about}` : 'by password'}
      {from(event)}
    </>
  ),
  sign_in_failed: (event) => (
    <>
      Somebody{from(event)} could not sign in{event.about ? ` as “${event.about}”` : ''}
    </>
  ),
  sign_out: (event) => <>{person(event)} signed out</>,
  session_revoked: (event) => (
    <>
      {person(event)} ended a session
      {event.detail ? <span title={event.detail}> in {describeAgent(event.detail)}</span> : null}
    </>
  ),
  sessions_revoked: (event) => {
    const count = Number(event.detail);
    return (
      <>
        {person(event)} ended {count > 0 ? plural(count, 'other session') : 'all other sessions'}
      </>
    );
  },
  password_changed: (event) => <>{person(event)} changed the password of the account</>,
  password_reset: (event) => (
    <>
      {person(event)} set a new password by a link{from(event)}
    </>
  ),
  reset_link_made: (event) => (
    <>
      {keeper(event)} made a link for a new password of {aboutName(event)}
    </>
  ),
  identity_linked: (event) => (
    <>
      {person(event)} may sign in with {about(event)} from now on
    </>
  ),
  identity_unlinked: (event) => (
    <>
      {person(event)} may no longer sign in with {about(event)}
    </>
  ),
  key_created: (event) => (
    <>
      {keeper(event)} made the key “{about(event)}”{event.detail ? ` with scope ${event.detail}` : ''}
    </>
  ),
  key_revoked: (event) => (
    <>
      {keeper(event)} revoked the key “{about(event)}”{event.detail ? ` with scope ${event.detail}` : ''}
    </>
  ),
  user_created: (event) => <Joined event={event} />,
  user_role_changed: (event) => (
    <>
      {keeper(event)} made {aboutName(event)}{' '}
      {event.detail === 'administrator' ? 'an administrator' : 'a user'}
    </>
  ),
  user_disabled: (event) => (
    <>
      {keeper(event)} switched off {aboutName(event)}
    </>
  ),
  user_enabled: (event) => (
    <>
      {keeper(event)} switched {aboutName(event)} on again
    </>
  ),
  invitation_made: (event) => (
    <>
      {keeper(event)} made an invitation
      <Invited event={event} />
    </>
  ),
  invitation_used: (event) => (
    <>
      {person(event)} accepted an invitation
      <Invited event={event} />
    </>
  ),
  invitation_withdrawn: (event) => (
    <>
      {keeper(event)} withdrew an invitation
      <Invited event={event} />
    </>
  ),
  org_created: (event) => (
    <>
      {keeper(event)} made the organisation {aboutName(event)}
    </>
  ),
  member_changed: (event) => {
    const [org, role] = membership(event.detail) ?? [];
    return (
      <>
        {keeper(event)} gave {aboutName(event)} the role {role ?? event.detail}
        {org ? (
          <>
            {' '}
            in <Name of={org} />
          </>
        ) : null}
      </>
    );
  },
  member_removed: (event) => (
    <>
      {keeper(event)} took {aboutName(event)} out of{' '}
      {event.detail ? <Name of={event.detail} /> : 'an organisation'}
    </>
  ),
};

/** Of a kind that this console does not know yet: all that the hub said. */
const Unknown = ({ event }: { event: HubEvent }) => (
  <>
    {event.user ? (
      <>
        <Name of={event.user} />:{' '}
      </>
    ) : null}
    <code>{event.event}</code>
    {event.about ? ` ${event.about}` : ''}
    {event.detail ? `, ${event.detail}` : ''}
  </>
);

export function EventWords({ event }: { event: HubEvent }) {
  // A newer hub may have kinds that this list does not.
  return Object.hasOwn(words, event.event) ? words[event.event](event) : <Unknown event={event} />;
}
