import { useQuery } from '@tanstack/react-query';
import { CloudCheck, CloudUpload, HardDrive } from 'lucide-react';
import { api, ApiError } from '@/api/client';
import type { FileStorage } from '@/api/types';
import { apiUrl, encodePath, type RepoRef } from '@/lib/urls';

const looks = {
  pinned: ['On Sia', CloudCheck, 'pinned'],
  uploading: ['Going to Sia', CloudUpload, 'local'],
  packing: ['Being packed for Sia', CloudUpload, 'local'],
  stored: ['Waiting for Sia', CloudUpload, 'local'],
  local: ['On this hub', HardDrive, 'local'],
} as const;

/** Where the bytes are: a sign, and in words. */
export function Durability({ state, words = false }: { state: FileStorage['state']; words?: boolean }) {
  const [label, Icon, tone] = looks[state];
  return (
    <span className={`durability ${tone}`} title={label}>
      <Icon aria-hidden="true" />
      <span className={words ? '' : 'hidden-visually'}>{label}</span>
    </span>
  );
}

/** The state of one large file; nothing where the hub does not say. */
export function FileDurability({
  repo,
  revision,
  path,
  words,
}: {
  repo: RepoRef;
  revision: string;
  path: string;
  words?: boolean;
}) {
  const { data } = useQuery({
    queryKey: ['file-storage', repo.kind, repo.id, revision, path],
    queryFn: async ({ signal }) => {
      try {
        return await api<FileStorage>(apiUrl(repo, `/storage/${encodePath(path)}`), {
          signal,
          query: { revision },
        });
      } catch (problem) {
        if (problem instanceof ApiError && problem.status < 500) return null;
        throw problem;
      }
    },
    staleTime: 60_000,
    retry: false,
  });
  return data ? <Durability state={data.state} words={words ?? false} /> : null;
}
