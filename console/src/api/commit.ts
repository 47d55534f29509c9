/** Small changes of text, by the commit API. */
import { apiUrl, encodeRevision, resolveUrl, type RepoRef } from '@/lib/urls';
import { api, send } from './client';

export interface TextFile {
  text: string;
  /** The commit that it was read from. */
  commit: string | null;
}

export async function readTextFile(
  repo: RepoRef,
  revision: string,
  path: string,
  signal: AbortSignal,
): Promise<TextFile> {
  const response = await send(resolveUrl(repo, revision, path), { signal });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  return { text, commit: response.headers.get('X-Repo-Commit') };
}

export interface TextChange {
  path: string;
  text: string;
  title: string;
  description: string;
  /** Refused (412) when the branch is elsewhere by now. */
  parent: string | null;
}

export interface Committed {
  commitOid: string;
}

export const commitText = (repo: RepoRef, branch: string, change: TextChange): Promise<Committed> =>
  api<Committed>(apiUrl(repo, `/commit/${encodeRevision(branch)}`), {
    method: 'POST',
    lines: [
      {
        key: 'header',
        value: {
          summary: change.title,
          description: change.description,
          ...(change.parent ? { parentCommit: change.parent } : {}),
        },
      },
      { key: 'file', value: { path: change.path, content: toBase64(change.text), encoding: 'base64' } },
    ],
  });

export function toBase64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}
