/** What the page and the worker that uploads say to each other. */
import type { RepoKind } from '@/lib/urls';

export interface UploadFile {
  path: string;
  file: File;
}

export interface Job {
  origin: string;
  endpoint: string;
  csrf: string;
  kind: RepoKind;
  repo: string;
  branch: string;
  title: string;
  description: string;
  files: UploadFile[];
}

export type ToWorker =
  { type: 'start'; job: Job } | { type: 'pause' } | { type: 'resume' } | { type: 'stop' };

export type Phase = 'preparing' | 'uploading' | 'committing';
export type FromWorker =
  | { type: 'phase'; phase: Phase }
  | { type: 'progress'; path: string; state: 'hashing' | 'uploading'; progress: number }
  | { type: 'sent'; bytes: number }
  | { type: 'waiting'; why: string | null }
  | { type: 'done'; commit: string }
  | { type: 'failed'; message: string; status: number };
