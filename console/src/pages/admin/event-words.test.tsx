import { render } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { expect, it } from 'vitest';
import type { HubEvent } from '@/api/operation';
import { EventWords } from './event-words';

type Said = Partial<Record<'user' | 'about' | 'detail', string | null>>;

function show(event: string, said: Said) {
  const whole = { id: '1', at: '2026-01-01T00:00:00Z', event, user: null, repo: null, bytes: 0, ...said };
  return render(
    <MemoryRouter>
      <EventWords event={{ about: null, detail: null, ...whole } as HubEvent} />
    </MemoryRouter>,
  ).container;
}

it.each<[event: string, said: Said, sentence: string]>([
  ['upload', { user: 'bob' }, 'bob uploaded'],
  ['download', {}, 'Somebody downloaded'],
  ['commit', { user: 'bob' }, 'bob committed'],
  ['cache_hit', {}, 'What was asked for was in the cache'],
  ['cache_miss', {}, 'What was asked for was not in the cache'],
  ['create', { user: 'bob' }, 'bob made this repository'],
  ['delete', { user: 'bob', about: 'models/bob/x' }, 'bob deleted models/bob/x'],
  ['repo_renamed', { user: 'bob', about: 'models/bob/x' }, 'bob renamed models/bob/x'],
  ['repo_visibility_changed', { user: 'bob', detail: 'private' }, 'bob made this repository private'],
  [
    'repo_visibility_changed',
    { user: 'bob', detail: 'gated manual' },
    'bob asks who wants this repository to request access, and decides about each request',
  ],
  ['repo_visibility_changed', { user: 'bob', detail: 'new' }, 'bob changed who may see it: new'],
  ['sign_in', { user: 'bob', detail: '10.0.0.1' }, 'bob signed in by password from 10.0.0.1'],
  ['sign_in', { user: 'bob', about: 'github', detail: '::1' }, 'bob signed in with github from ::1'],
  [
    'sign_in_failed',
    { about: 'bob', detail: '10.0.0.1' },
    'Somebody from 10.0.0.1 could not sign in as “bob”',
  ],
  ['sign_out', { user: 'bob' }, 'bob signed out'],
  ['session_revoked', { user: 'bob', detail: null }, 'bob ended a session'],
  ['sessions_revoked', { user: 'bob', detail: '1' }, 'bob ended 1 other session'],
  ['sessions_revoked', { user: 'bob', detail: '3' }, 'bob ended 3 other sessions'],
  ['password_changed', { user: 'bob' }, 'bob changed the password of the account'],
  ['password_reset', { user: 'bob', detail: '::1' }, 'bob set a new password by a link from ::1'],
  ['reset_link_made', { about: 'bob' }, 'The command line made a link for a new password of bob'],
  ['identity_linked', { user: 'bob', about: 'github' }, 'bob may sign in with github from now on'],
  ['identity_unlinked', { user: 'bob', about: 'github' }, 'bob may no longer sign in with github'],
  [
    'key_created',
    { user: 'bob', about: 'laptop', detail: 'write' },
    'bob made the key “laptop” with scope write',
  ],
  [
    'key_revoked',
    { user: 'bob', about: 'laptop', detail: 'read' },
    'bob revoked the key “laptop” with scope read',
  ],
  ['user_created', { about: 'bob' }, 'The command line made the user bob'],
  ['user_created', { about: 'bob', detail: 'invitation' }, 'bob joined by invitation'],
  ['user_created', { about: 'bob', detail: 'github' }, 'bob joined with github'],
  [
    'user_role_changed',
    { user: 'al', about: 'bob', detail: 'administrator' },
    'al made bob an administrator',
  ],
  ['user_role_changed', { user: 'al', about: 'bob', detail: 'user' }, 'al made bob a user'],
  ['user_disabled', { user: 'al', about: 'bob' }, 'al switched off bob'],
  ['user_enabled', { user: 'al', about: 'bob' }, 'al switched bob on again'],
  ['invitation_made', { user: 'al' }, 'al made an invitation'],
  [
    'invitation_made',
    { user: 'al', about: 'c@x.org', detail: 'acme write' },
    'al made an invitation for c@x.org into acme as write',
  ],
  ['invitation_used', { user: 'bob', detail: 'acme read' }, 'bob accepted an invitation into acme as read'],
  ['invitation_withdrawn', { user: 'al', about: 'c@x.org' }, 'al withdrew an invitation for c@x.org'],
  ['org_created', { user: 'al', about: 'acme' }, 'al made the organisation acme'],
  [
    'member_changed',
    { user: 'al', about: 'bob', detail: 'acme write' },
    'al gave bob the role write in acme',
  ],
  ['member_removed', { user: 'al', about: 'bob', detail: 'acme' }, 'al took bob out of acme'],
  ['of_tomorrow', { user: 'al', about: 'this', detail: 'that' }, 'al: of_tomorrow this, that'],
  ['constructor', {}, 'constructor'],
])('%s with %j is a sentence', (event, said, sentence) => {
  expect(show(event, said)).toHaveTextContent(new RegExp(`^${sentence.replace(/[.()]/g, '\\$&')}$`));
});

it('leads to whom it is about', () => {
  const links = [...show('user_disabled', { user: 'al', about: 'bob' }).querySelectorAll('a')];
  expect(links.map((link) => link.getAttribute('href'))).toEqual(['/al', '/bob']);
});
