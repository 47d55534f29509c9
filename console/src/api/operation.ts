/** What the pages about storage, usage and operation ask, in the shapes of api/openapi.yaml. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { apiUrl, encodePath, type RepoRef } from '@/lib/urls';
import { api, ApiError } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];
export type PinState = Schemas['PinState'];
export type Xorb = Schemas['Xorb'];
export type RepoStorage = Schemas['RepoStorage'];
export type FileStorage = Schemas['FileStorage'];
export type Assets = Schemas['Assets'];
export type Queue = Schemas['Queue'];
export type Pin = Schemas['Pin'];
export type Host = Schemas['Host'];
export type Contract = Schemas['Contract'];
export type Wallet = Schemas['Wallet'];
export type Sia = Schemas['Sia'];
export type Status = Schemas['Status'];
export type Doctor = Schemas['Doctor'];
export type Usage = Schemas['Usage'];
export type UsageRow = Schemas['UsageRow'];
export type RepoUsage = Schemas['RepoUsage'];
export type User = Schemas['User'];
export type UserPage = Schemas['UserPage'];
export type InvitationEntry = Schemas['InvitationEntry'];
export type IssuedInvitation = Schemas['IssuedInvitation'];
export type HubEvent = Schemas['Event'];
export type EventKind = Schemas['EventKind'];
export type EventPage = Schemas['EventPage'];
export type Organization = Schemas['OrganizationEntry'];
export type OrganizationPage = Schemas['OrganizationPage'];
export type UserDeletion = Schemas['UserDeletion'];
export type OrganizationDeletion = Schemas['OrganizationDeletion'];

/** Null where the hub has no such thing: it keeps nothing on Sia, or was not told indexd's admin address. */
async function orNone<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (problem) {
    if (problem instanceof ApiError && problem.status === 404) return null;
    throw problem;
  }
}

interface Paged {
  cursor: string | null;
}
const nextOf = (page: Paged) => page.cursor;
const first = null as string | null;

export const repoStorageQuery = (repo: RepoRef) =>
  infiniteQueryOptions({
    queryKey: ['storage', repo.kind, repo.id],
    initialPageParam: first,
    queryFn: ({ signal, pageParam }) =>
      api<RepoStorage>(apiUrl(repo, '/storage'), { signal, query: { cursor: pageParam, limit: 50 } }),
    getNextPageParam: nextOf,
  });

export const fileStorageQuery = (repo: RepoRef, revision: string, path: string) =>
  queryOptions({
    queryKey: ['storage', repo.kind, repo.id, revision, path],
    queryFn: ({ signal }) =>
      api<FileStorage>(apiUrl(repo, `/storage/${encodePath(path)}`), { signal, query: { revision } }),
  });

export const repoUsageQuery = (repo: RepoRef, days: number) =>
  queryOptions({
    queryKey: ['repo-usage', repo.kind, repo.id, days],
    queryFn: ({ signal }) => api<RepoUsage>(apiUrl(repo, '/usage'), { signal, query: { days } }),
  });

export const assetsQuery = (state: PinState | undefined) =>
  infiniteQueryOptions({
    queryKey: ['assets', state ?? 'all'],
    initialPageParam: first,
    queryFn: ({ signal, pageParam }) =>
      api<Assets>('/admin/assets', { signal, query: { state, cursor: pageParam, limit: 50 } }),
    getNextPageParam: nextOf,
  });

/** What moves is looked at often, what stands still is not. */
const moving = 5000;
const still = 30_000;

export const siaQuery = queryOptions({
  queryKey: ['sia'],
  queryFn: ({ signal }) => orNone(api<Sia>('/admin/sia', { signal })),
  refetchInterval: moving,
});

export const queueQuery = queryOptions({
  queryKey: ['sia', 'queue'],
  queryFn: ({ signal }) => orNone(api<Queue>('/admin/sia/queue', { signal })),
  refetchInterval: moving,
});

export const pinQuery = (xorb: string) =>
  queryOptions({
    queryKey: ['sia', 'pin', xorb],
    queryFn: ({ signal }) => orNone(api<Pin>(`/admin/sia/xorbs/${xorb}`, { signal })),
  });

export const retryPin = (xorb: string) =>
  api<undefined>(`/admin/sia/queue/${xorb}/retry`, { method: 'POST' });

export const hostsQuery = queryOptions({
  queryKey: ['sia', 'hosts'],
  queryFn: async ({ signal }) =>
    (await orNone(api<{ hosts: Host[] }>('/admin/sia/hosts', { signal })))?.hosts ?? null,
  refetchInterval: still,
});

export const walletQuery = queryOptions({
  queryKey: ['sia', 'wallet'],
  queryFn: ({ signal }) => orNone(api<Wallet>('/admin/sia/wallet', { signal })),
  refetchInterval: still,
});

export const contractsQuery = queryOptions({
  queryKey: ['sia', 'contracts'],
  queryFn: async ({ signal }) =>
    (await orNone(api<{ contracts: Contract[] }>('/admin/sia/contracts', { signal })))?.contracts ?? null,
  refetchInterval: still,
});

export const statusQuery = queryOptions({
  queryKey: ['status'],
  queryFn: ({ signal }) => api<Status>('/admin/status', { signal }),
  refetchInterval: 10_000,
});

export const doctorQuery = queryOptions({
  queryKey: ['doctor'],
  queryFn: ({ signal }) => api<Doctor>('/admin/doctor', { signal }),
  refetchInterval: 60_000,
});

export type UsageBy = Usage['by'];
export const usagePath = (whole: boolean) => (whole ? '/admin/usage' : '/api/usage');

export const usageQuery = (whole: boolean, days: number, by: UsageBy) =>
  queryOptions({
    queryKey: ['usage', whole, days, by],
    queryFn: ({ signal }) => api<Usage>(usagePath(whole), { signal, query: { days, by } }),
  });

export const usersQuery = (search: string) =>
  infiniteQueryOptions({
    queryKey: ['admin', 'users', search],
    initialPageParam: first,
    queryFn: ({ signal, pageParam }) =>
      api<UserPage>('/admin/users', { signal, query: { search, cursor: pageParam, limit: 50 } }),
    getNextPageParam: nextOf,
  });

export const organizationsQuery = (search: string) =>
  infiniteQueryOptions({
    queryKey: ['admin', 'organizations', search],
    initialPageParam: first,
    queryFn: ({ signal, pageParam }) =>
      api<OrganizationPage>('/admin/orgs', { signal, query: { search, cursor: pageParam, limit: 50 } }),
    getNextPageParam: nextOf,
  });

/** Asked each time: what is decided upon should be what is there. */
export const userDeletionQuery = (name: string) =>
  queryOptions({
    queryKey: ['deletion', 'user', name],
    queryFn: ({ signal }) =>
      api<UserDeletion>(`/admin/users/${encodeURIComponent(name)}/deletion`, { signal }),
    gcTime: 0,
  });

export const organizationDeletionQuery = (name: string) =>
  queryOptions({
    queryKey: ['deletion', 'organization', name],
    queryFn: ({ signal }) =>
      api<OrganizationDeletion>(`/api/organizations/${encodeURIComponent(name)}/deletion`, { signal }),
    gcTime: 0,
  });

export const invitationsQuery = queryOptions({
  queryKey: ['admin', 'invitations'],
  queryFn: ({ signal }) => api<InvitationEntry[]>('/admin/invitations', { signal }),
});

export const eventsQuery = infiniteQueryOptions({
  queryKey: ['admin', 'events'],
  initialPageParam: first,
  queryFn: ({ signal, pageParam }) =>
    api<EventPage>('/admin/events', { signal, query: { cursor: pageParam, limit: 100 } }),
  getNextPageParam: nextOf,
});
