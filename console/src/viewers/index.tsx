import type { RepoKind } from '@/lib/urls';

/** What a viewer needs to know of the file it shows. */
export interface ViewedFile {
  /** namespace/name */
  repo: string;
  kind: RepoKind;
  /** A branch, tag or commit, as in the address. */
  revision: string;
  path: string;
  size: number;
  /** Null for a file that lies in git itself. */
  lfs: { oid: string; size: number } | null;
  xetHash: string | null;
  /** Where its bytes are; ranges work. */
  resolveUrl: string;
}

export function FileViewer({ file }: { file: ViewedFile }) {
  return <p className="muted">{file.path}</p>;
}
