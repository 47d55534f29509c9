/** The state of an upload, made of what its worker tells. */
import type { FromWorker, Phase } from './messages';

export interface FileState {
  size: number;
  state: 'waiting' | 'hashing' | 'uploading' | 'done';
  progress: number;
}

export interface UploadState {
  phase: Phase | 'done' | 'failed' | 'stopped';
  paused: boolean;
  files: ReadonlyMap<string, FileState>;
  /** Bytes that went over the network: fewer than the files' where the hub had chunks already. */
  sent: number;
  waiting: string | null;
  commit: string;
  error: string;
}

export function initialState(files: readonly { path: string; file: { size: number } }[]): UploadState {
  return {
    phase: 'preparing',
    paused: false,
    files: new Map(files.map(({ path, file }) => [path, { size: file.size, state: 'waiting', progress: 0 }])),
    sent: 0,
    waiting: null,
    commit: '',
    error: '',
  };
}

export type Action = FromWorker | { type: 'paused'; paused: boolean } | { type: 'stopped' };

export function advance(state: UploadState, action: Action): UploadState {
  switch (action.type) {
    case 'phase':
      return { ...state, phase: action.phase };
    case 'progress':
      return { ...state, files: withProgress(state.files, action) };
    case 'sent':
      return { ...state, sent: state.sent + action.bytes };
    case 'waiting':
      return { ...state, waiting: action.why };
    case 'paused':
      return { ...state, paused: action.paused, waiting: null };
    case 'stopped':
      return { ...state, phase: 'stopped' };
    case 'failed':
      return state.phase === 'stopped' ? state : { ...state, phase: 'failed', error: action.message };
    case 'done':
      return { ...state, phase: 'done', commit: action.commit, files: allDone(state.files) };
  }
}

type Progress = Extract<FromWorker, { type: 'progress' }>;

function withProgress(
  files: UploadState['files'],
  { path, state, progress }: Progress,
): UploadState['files'] {
  const file = files.get(path);
  if (!file) return files;
  const done = state === 'uploading' && progress >= 1;
  return new Map(files).set(path, {
    ...file,
    state: done ? 'done' : state,
    progress: Math.min(1, Math.max(0, progress)),
  });
}

const allDone = (files: UploadState['files']): UploadState['files'] =>
  new Map([...files].map(([path, file]) => [path, { ...file, state: 'done', progress: 1 }]));

// Hashing reads a file once; sending reads it again and is what takes long.
const hashingWeight = 0.2;

/** From 0 to 1, by bytes. */
export function overall({ files }: UploadState): number {
  let [done, whole] = [0, 0];
  for (const { size, state, progress } of files.values()) {
    const weight = size + 1;
    whole += weight;
    if (state === 'done') done += weight;
    if (state === 'hashing') done += weight * hashingWeight * progress;
    if (state === 'uploading') done += weight * (hashingWeight + (1 - hashingWeight) * progress);
  }
  return whole === 0 ? 0 : done / whole;
}
