import { render } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { expect, it } from 'vitest';
import type { HubEvent } from '@/api/operation';
import { EventWords } from './event-words';

type Said = string | null;

function show(event: string, user: Said, about: Said, detail: Said) {
  const whole = { id: '1', at: '2026-01-01T00:00:00Z', event, user, repo: null, bytes: 0, about, detail };
  return render(
    <MemoryRouter>
      <EventWords event={whole as HubEvent} />
    </MemoryRouter>,
  ).container;
}

const none = null;

it.each<[event: string, user: Said, about: Said, detail: Said, sentence: string]>([
  ['upload', 'bob', none, none, 'bob uploaded'],
  ['download', none, none, none, 'Somebody downloaded'],
  ['commit', 'bob', none, none, 'bob committed'],
  ['cache_hit', none, none, none, 'What was asked for was in the cache'],
  ['cache_miss', none, none, none, 'What was asked for was not in the cache'],
  ['create', 'bob', none, none, 'bob made this repository'],
  ['delete', 'bob', 'models/bob/x', none, 'bob deleted models/bob/x'],
  ['repo_renamed', 'bob', 'models/bob/x', none, 'bob renamed models/bob/x'],
  ['repo_visibility_changed', 'bob', none, 'private', 'bob made this repository private'],
  [
    'repo_visibility_changed',
    'bob',
    none,
    'gated manual',
    'bob asks who wants this repository to request access, and decides about each request',
  ],
  ['repo_visibility_changed', 'bob', none, 'new', 'bob changed who may see it: new'],
  ['sign_in', 'bob', none, '10.0.0.1', 'bob signed in by password from 10.0.0.1'],
  ['sign_in', 'bob', 'github', '::1', 'bob signed in with github from ::1'],
  ['sign_in_failed', none, 'bob', '10.0.0.1', 'Somebody from 10.0.0.1 could not sign in as “bob”'],
  ['sign_out', 'bob', none, none, 'bob signed out'],
  ['session_revoked', 'bob', none, none, 'bob ended a session'],
  ['sessions_revoked', 'bob', none, '1', 'bob ended 1 other session'],
  ['sessions_revoked', 'bob', none, '3', 'bob ended 3 other sessions'],
  ['password_changed', 'bob', none, none, 'bob changed the password of the account'],
  ['password_reset', 'bob', none, '::1', 'bob set a new password by a link from ::1'],
  ['reset_link_made', none, 'bob', none, 'The command line made a link for a new password of bob'],
  ['identity_linked', 'bob', 'github', none, 'bob may sign in with github from now on'],
  ['identity_unlinked', 'bob', 'github', none, 'bob may no longer sign in with github'],
  ['key_created', 'bob', 'laptop', 'write', 'bob made the key “laptop” with scope write'],
  ['key_revoked', 'bob', 'laptop', 'read', 'bob revoked the key “laptop” with scope read'],
  ['user_created', none, 'bob', none, 'The command line made the user bob'],
  ['user_created', none, 'bob', 'invitation', 'bob joined by invitation'],
  ['user_created', none, 'bob', 'github', 'bob joined with github'],
  ['user_role_changed', 'al', 'bob', 'administrator', 'al made bob an administrator'],
  ['user_role_changed', 'al', 'bob', 'user', 'al made bob a user'],
  ['user_disabled', 'al', 'bob', none, 'al switched off bob'],
  ['user_enabled', 'al', 'bob', none, 'al switched bob on again'],
  ['user_deleted', 'al', 'bob', none, 'al deleted the user bob'],
  [
    'user_deleted',
    none,
    'bob',
    'acme',
    'The command line deleted the user bob and gave the repositories to acme',
  ],
  ['org_deleted', 'al', 'acme', none, 'al deleted the organisation acme'],
  ['invitation_made', 'al', none, none, 'al made an invitation'],
  ['invitation_made', 'al', 'c@x.org', 'acme write', 'al made an invitation for c@x.org into acme as write'],
  ['invitation_used', 'bob', none, 'acme read', 'bob accepted an invitation into acme as read'],
  ['invitation_withdrawn', 'al', 'c@x.org', none, 'al withdrew an invitation for c@x.org'],
  ['org_created', 'al', 'acme', none, 'al made the organisation acme'],
  ['member_changed', 'al', 'bob', 'acme write', 'al gave bob the role write in acme'],
  ['member_removed', 'al', 'bob', 'acme', 'al took bob out of acme'],
  ['of_tomorrow', 'al', 'this', 'that', 'al: of_tomorrow this, that'],
  ['constructor', none, none, none, 'constructor'],
])('%s by %s about %s with %s is a sentence', (event, user, about, detail, sentence) => {
  expect(show(event, user, about, detail).textContent).toBe(sentence);
});

it('leads to whom it is about', () => {
  const links = [...show('user_disabled', 'al', 'bob', none).querySelectorAll('a')];
  expect(links.map((link) => link.getAttribute('href'))).toEqual(['/al', '/bob']);
});
