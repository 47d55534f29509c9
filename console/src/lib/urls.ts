/** The addresses of pages and of the API: the same shapes as on huggingface.co. */

export type RepoKind = 'model' | 'dataset' | 'space';
export type Plural = 'models' | 'datasets' | 'spaces';

export interface RepoRef {
  kind: RepoKind;
  /** namespace/name */
  id: string;
}

export const plurals: Record<RepoKind, Plural> = { model: 'models', dataset: 'datasets', space: 'spaces' };
export const kindNames: Record<RepoKind, string> = { model: 'Model', dataset: 'Dataset', space: 'Space' };
export const kinds: readonly RepoKind[] = ['model', 'dataset', 'space'];

/** Encodes each part, keeps the slashes. */
export const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');
export const encodeRevision = (revision: string): string => encodeURIComponent(revision);

const prefix = (kind: RepoKind) => (kind === 'model' ? '' : `/${plurals[kind]}`);
const below = (path: string) => (path ? `/${encodePath(path)}` : '');

export const repoUrl = ({ kind, id }: RepoRef): string => `${prefix(kind)}/${encodePath(id)}`;
export const treeUrl = (repo: RepoRef, revision: string, path = ''): string =>
  `${repoUrl(repo)}/tree/${encodeRevision(revision)}${below(path)}`;
export const blobUrl = (repo: RepoRef, revision: string, path: string): string =>
  `${repoUrl(repo)}/blob/${encodeRevision(revision)}${below(path)}`;
export const resolveUrl = (repo: RepoRef, revision: string, path: string): string =>
  `${repoUrl(repo)}/resolve/${encodeRevision(revision)}${below(path)}`;
export const rawUrl = (repo: RepoRef, revision: string, path: string): string =>
  `${repoUrl(repo)}/raw/${encodeRevision(revision)}${below(path)}`;
export const editUrl = (repo: RepoRef, revision: string, path: string): string =>
  `${repoUrl(repo)}/edit/${encodeRevision(revision)}${below(path)}`;
export const uploadUrl = (repo: RepoRef, revision: string, path = ''): string =>
  `${repoUrl(repo)}/upload/${encodeRevision(revision)}${below(path)}`;
export const commitsUrl = (repo: RepoRef, revision: string, path = ''): string =>
  `${repoUrl(repo)}/commits/${encodeRevision(revision)}${below(path)}`;
export const commitUrl = (repo: RepoRef, id: string): string => `${repoUrl(repo)}/commit/${id}`;

/** /api/models/ns/name, with what follows. */
export const apiUrl = ({ kind, id }: RepoRef, rest = ''): string =>
  `/api/${plurals[kind]}/${encodePath(id)}${rest}`;
