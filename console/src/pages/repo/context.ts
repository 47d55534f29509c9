import { createContext, use } from 'react';
import type { RepoInfo } from '@/api/types';
import type { RepoRef } from '@/lib/urls';

export interface RepoContext extends RepoRef {
  ns: string;
  name: string;
  info: RepoInfo;
  defaultBranch: string;
  /** Whether this person may upload; the hub has the last word. */
  writable: boolean;
  administrable: boolean;
}

export const Repo = createContext<RepoContext | null>(null);

export function useRepo(): RepoContext {
  const repo = use(Repo);
  if (!repo) throw new Error('useRepo is for pages of a repository');
  return repo;
}
