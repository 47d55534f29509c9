/**
 * Shows a file of a repository. Which viewer does so, the name decides; each is a chunk of its own, so that a page
 * loads the code of one format alone. All read by range, and what cannot be shown can be downloaded.
 */
import { lazy, Suspense, useMemo, type ComponentType, type LazyExoticComponent } from 'react';
import { fileType, type FileType } from '@/formats/file-type';
import { BlockReader, HttpRangeReader, type RangeReader } from '@/formats/range-reader';
import type { RepoKind } from '@/lib/urls';
import { EmptyState, SkeletonRows } from '@/ui';
import { ViewerBoundary } from './boundary';
import '@/styles/syntax.css';
import './viewers.css';

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

export interface ViewerProps {
  file: ViewedFile;
  reader: RangeReader;
}

type Viewer = LazyExoticComponent<ComponentType<ViewerProps>>;

const media = () => import('./media');
const viewers: Record<FileType, Viewer> = {
  code: lazy(() => import('./code')),
  markdown: lazy(() => import('./markdown')),
  image: lazy(() => media().then((module) => ({ default: module.ImageViewer }))),
  audio: lazy(() => media().then((module) => ({ default: module.AudioViewer }))),
  video: lazy(() => media().then((module) => ({ default: module.VideoViewer }))),
  json: lazy(() => import('./json')),
  jsonl: lazy(() => import('./json').then((module) => ({ default: module.JsonLinesViewer }))),
  delimited: lazy(() => import('./delimited')),
  parquet: lazy(() => import('./parquet')),
  safetensors: lazy(() => import('./safetensors')),
  gguf: lazy(() => import('./gguf')),
  npy: lazy(() => import('./npy')),
  notebook: lazy(() => import('./notebook')),
  binary: lazy(() => import('./binary')),
};

export function FileViewer({ file }: { file: ViewedFile }) {
  const { resolveUrl, size } = file;
  const reader = useMemo(() => new BlockReader(new HttpRangeReader(resolveUrl, size)), [resolveUrl, size]);
  if (size === 0) return <EmptyState title="This file is empty" />;
  const Viewer = viewers[fileType(file.path, size)];
  return (
    <ViewerBoundary key={resolveUrl} file={file}>
      <Suspense fallback={<SkeletonRows rows={8} height={22} />}>
        <Viewer file={file} reader={reader} />
      </Suspense>
    </ViewerBoundary>
  );
}
