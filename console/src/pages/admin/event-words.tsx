/** What each kind of event says, as a sentence. What `about` and `detail` hold with it stands in api/openapi.yaml. */
import { Fragment, type ReactNode } from 'react';
import { Link } from 'react-router';
import type { EventKind, HubEvent } from '@/api/operation';
import { plural } from '@/lib/format';
import { describeAgent } from '@/lib/user-agent';

/** A user or an organisation, by its name of then. */
const Name = ({ of }: { of: string }) => <Link to={`/${encodeURIComponent(of)}`}>{of}</Link>;

type Gap = (event: HubEvent) => ReactNode;

/** A sentence with gaps that each event fills. */
const say =
  (texts: TemplateStringsArray, ...gaps: Gap[]): Gap =>
  (event) =>
    texts.map((text, i) => (
      <Fragment key={i}>
        {text}
        {gaps[i]?.(event)}
      </Fragment>
    ));

// --- gaps ---

/** Who did it. What is nobody's doing was done by a visitor, or by an operator at the command line. */
const by =
  (otherwise: string): Gap =>
  ({ user }) =>
    user ? <Name of={user} /> : otherwise;
const person = by('Somebody');
const keeper = by('The command line');

const about: Gap = ({ about }) => about ?? 'something unnamed';
const aboutName: Gap = ({ about }) => (about ? <Name of={about} /> : 'somebody');
const detail: Gap = ({ detail }) => detail;
const from: Gap = ({ detail }) => (detail ? ` from ${detail}` : '');
const scope: Gap = ({ detail }) => (detail ? ` with scope ${detail}` : '');
const means: Gap = ({ about }) => (about ? `with ${about}` : 'by password');
const called: Gap = ({ about }) => (about ? ` as “${about}”` : '');
const role: Gap = ({ detail }) => (detail === 'administrator' ? 'an administrator' : 'a user');
const org: Gap = ({ detail }) => (detail ? <Name of={detail} /> : 'an organisation');

/** Who has the repositories of somebody who is no more. */
const heir: Gap = ({ detail }) =>
  detail ? (
    <>
      {' '}
      and gave the repositories to <Name of={detail} />
    </>
  ) : null;

const browser: Gap = ({ detail }) =>
  detail ? <span title={detail}> in {describeAgent(detail)}</span> : null;

const otherSessions: Gap = ({ detail }) =>
  Number(detail) > 0 ? plural(Number(detail), 'other session') : 'all other sessions';

const visibilities: Record<string, string> = {
  private: 'made this repository private',
  public: 'made this repository public',
  'gated auto': 'asks who wants this repository to request access, and grants it at once',
  'gated manual': 'asks who wants this repository to request access, and decides about each request',
  'not gated': 'no longer asks for requests to access this repository',
};
const visibility: Gap = ({ detail }) =>
  visibilities[detail ?? ''] ?? `changed who may see it: ${detail ?? ''}`;

/** "acme write": of which organisation, and what one may do there. */
function membership({ detail }: HubEvent): [org: string, role: string] | null {
  const [org, role] = detail?.split(' ') ?? [];
  return org && role ? [org, role] : null;
}

const inOrg: Gap = (event) => {
  const [org, role] = membership(event) ?? [];
  return org ? say`${() => role} in ${() => <Name of={org} />}`(event) : event.detail;
};

const forWhom: Gap = ({ about }) => (about ? ` for ${about}` : '');
const intoOrg: Gap = (event) => {
  const [org, role] = membership(event) ?? [];
  return org ? say` into ${() => <Name of={org} />} as ${() => role}`(event) : null;
};

/** How an account came to be. */
const ways = new Map<string, Gap>([
  ['', say`${keeper} made the user ${aboutName}`],
  ['setup', say`${aboutName} became the first administrator, by the link for setting up`],
  ['invitation', say`${aboutName} joined by invitation`],
  ['registration', say`${aboutName} registered`],
]);
const joinedWith = say`${aboutName} joined with ${detail}`;
const joined: Gap = (event) => (ways.get(event.detail ?? '') ?? joinedWith)(event);

// --- sentences ---

const words: Record<EventKind, Gap> = {
  upload: say`${person} uploaded`,
  download: say`${person} downloaded`,
  commit: say`${person} committed`,
  cache_hit: say`What was asked for was in the cache`,
  cache_miss: say`What was asked for was not in the cache`,
  create: say`${keeper} made this repository`,
  delete: say`${keeper} deleted ${about}`,
  repo_renamed: say`${keeper} renamed ${about}`,
  repo_visibility_changed: say`${keeper} ${visibility}`,
  sign_in: say`${person} signed in ${means}${from}`,
  sign_in_failed: say`Somebody${from} could not sign in${called}`,
  sign_out: say`${person} signed out`,
  session_revoked: say`${person} ended a session${browser}`,
  sessions_revoked: say`${person} ended ${otherSessions}`,
  password_changed: say`${person} changed the password of the account`,
  password_reset: say`${person} set a new password by a link${from}`,
  reset_link_made: say`${keeper} made a link for a new password of ${aboutName}`,
  identity_linked: say`${person} may sign in with ${about} from now on`,
  identity_unlinked: say`${person} may no longer sign in with ${about}`,
  key_created: say`${keeper} made the key “${about}”${scope}`,
  key_revoked: say`${keeper} revoked the key “${about}”${scope}`,
  user_created: joined,
  user_role_changed: say`${keeper} made ${aboutName} ${role}`,
  user_disabled: say`${keeper} switched off ${aboutName}`,
  user_enabled: say`${keeper} switched ${aboutName} on again`,
  user_deleted: say`${keeper} deleted the user ${about}${heir}`,
  invitation_made: say`${keeper} made an invitation${forWhom}${intoOrg}`,
  invitation_used: say`${person} accepted an invitation${forWhom}${intoOrg}`,
  invitation_withdrawn: say`${keeper} withdrew an invitation${forWhom}${intoOrg}`,
  org_created: say`${keeper} made the organisation ${aboutName}`,
  org_deleted: say`${keeper} deleted the organisation ${about}${heir}`,
  member_changed: say`${keeper} gave ${aboutName} the role ${inOrg}`,
  member_removed: say`${keeper} took ${aboutName} out of ${org}`,
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
