/** What several pages ask about a repository. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { apiUrl, encodePath, encodeRevision, plurals, type RepoKind, type RepoRef } from '@/lib/urls';
import { api, ApiError, apiPage, type Page } from './client';
import type {
  Changes,
  Commit,
  DeletionPreview,
  Refs,
  RepoInfo,
  RepoUsage,
  Stats,
  RepoStorage,
  TagsByType,
  TreeEntry,
} from './types';

/** For parts of a page that a hub may not have (yet): absent is not an error. */
async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (problem) {
    if (
      problem instanceof ApiError &&
      (problem.status === 404 || problem.status === 403 || problem.status === 401)
    )
      return null;
    throw problem;
  }
}

export const repoQuery = (repo: RepoRef) =>
  queryOptions({
    queryKey: ['repo', repo.kind, repo.id],
    queryFn: ({ signal }) => api<RepoInfo>(apiUrl(repo), { signal, query: { blobs: true } }),
  });

export const statsQuery = queryOptions({
  queryKey: ['stats'],
  queryFn: ({ signal }) => orNull(api<Stats>('/api/stats', { signal })),
});

export interface Wanted {
  search?: string;
  filter?: readonly string[];
  author?: string;
  sort?: string;
  durability?: string;
  limit?: number;
}

const perPage = 30;

export const listQuery = (kind: RepoKind, wanted: Wanted) =>
  infiniteQueryOptions({
    queryKey: ['repos', kind, wanted],
    initialPageParam: null as string | null,
    queryFn: ({ signal, pageParam }): Promise<Page<RepoInfo>> =>
      pageParam
        ? apiPage<RepoInfo>(pageParam, { signal })
        : apiPage<RepoInfo>(`/api/${plurals[kind]}`, { signal, query: { limit: perPage, ...wanted } }),
    getNextPageParam: (page) => page.next,
  });

export const tagsQuery = (kind: RepoKind) =>
  queryOptions({
    queryKey: ['tags', kind],
    queryFn: ({ signal }) => orNull(api<TagsByType>(`/api/${plurals[kind]}-tags-by-type`, { signal })),
    staleTime: 60_000,
  });

export const refsQuery = (repo: RepoRef) =>
  queryOptions({
    queryKey: ['refs', repo.kind, repo.id],
    queryFn: ({ signal }) => api<Refs>(apiUrl(repo, '/refs'), { signal }),
  });

const below = (path: string) => (path ? `/${encodePath(path)}` : '');

export const treeQuery = (repo: RepoRef, revision: string, path: string) =>
  infiniteQueryOptions({
    queryKey: ['tree', repo.kind, repo.id, revision, path],
    initialPageParam: null as string | null,
    queryFn: ({ signal, pageParam }) =>
      pageParam
        ? apiPage<TreeEntry>(pageParam, { signal })
        : apiPage<TreeEntry>(apiUrl(repo, `/tree/${encodeRevision(revision)}${below(path)}`), {
            signal,
            query: { expand: true },
          }),
    getNextPageParam: (page) => page.next,
  });

/** One file or folder; null when the path is not there. */
export const pathQuery = (repo: RepoRef, revision: string, path: string) =>
  queryOptions({
    queryKey: ['path', repo.kind, repo.id, revision, path],
    queryFn: async ({ signal }) => {
      // A question with a body, that is all: it changes nothing and needs no CSRF token.
      const found = await api<TreeEntry[]>(apiUrl(repo, `/paths-info/${encodeRevision(revision)}`), {
        method: 'POST',
        signal,
        body: { paths: [path], expand: true },
      });
      return found[0] ?? null;
    },
  });

/** With a path, only the commits that changed it: their pages may be empty although another follows. */
export const commitsQuery = (
  repo: RepoRef,
  revision: string,
  { path = '', limit = 50 }: { path?: string; limit?: number } = {},
) =>
  infiniteQueryOptions({
    queryKey: ['commits', repo.kind, repo.id, revision, path, limit],
    initialPageParam: null as string | null,
    queryFn: ({ signal, pageParam }) =>
      pageParam
        ? apiPage<Commit>(pageParam, { signal })
        : apiPage<Commit>(apiUrl(repo, `/commits/${encodeRevision(revision)}`), {
            signal,
            query: { limit, path },
          }),
    getNextPageParam: (page) => page.next,
  });

export const changesQuery = (repo: RepoRef, id: string) =>
  queryOptions({
    queryKey: ['changes', repo.kind, repo.id, id],
    queryFn: ({ signal }) => orNull(api<Changes>(apiUrl(repo, `/changes/${id}`), { signal })),
    staleTime: Infinity,
  });

export const storageSummaryQuery = (repo: RepoRef) =>
  queryOptions({
    queryKey: ['storage-summary', repo.kind, repo.id],
    queryFn: async ({ signal }): Promise<RepoStorage['summary'] | null> => {
      const storage = await orNull(
        api<RepoStorage>(apiUrl(repo, '/storage'), { signal, query: { limit: 1 } }),
      );
      return storage?.summary ?? null;
    },
  });

export const usageQuery = (repo: RepoRef) =>
  queryOptions({
    queryKey: ['repo-usage', repo.kind, repo.id],
    queryFn: ({ signal }) => orNull(api<RepoUsage>(apiUrl(repo, '/usage'), { signal, query: { days: 30 } })),
  });

export const deletionQuery = (repo: RepoRef) =>
  queryOptions({
    queryKey: ['deletion', repo.kind, repo.id],
    queryFn: ({ signal }) => orNull(api<DeletionPreview>(apiUrl(repo, '/deletion'), { signal })),
  });
