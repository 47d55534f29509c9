/** Files and folders into a repository, by dropping or picking them, as one commit. */
import { useQueryClient } from '@tanstack/react-query';
import { FileUp, FolderUp, GitBranch, Pause, Play, X } from 'lucide-react';
import { useEffect, useRef, useState, type DragEvent, type ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import { useSession } from '@/app/session';
import { useTitle } from '@/app/title';
import { formatBytes, formatCount, plural } from '@/lib/format';
import { blobUrl, commitUrl, treeUrl } from '@/lib/urls';
import { useRepo } from '@/pages/repo/context';
import { SignedInOnly } from '@/parts/admin-only';
import { CommitFields, useCommitMessage, type CommitMessage } from '@/parts/commit-fields';
import { Leaving } from '@/parts/leaving';
import { Table, type Column } from '@/parts/table';
import { fromDrop, fromInput, merged, sorted } from '@/upload/files';
import type { UploadFile } from '@/upload/messages';
import { overall, type FileState, type UploadState } from '@/upload/progress';
import { useUpload } from '@/upload/use-upload';
import { Button, ButtonLink, Bytes, Chip, Notice, Progress } from '@/ui';
import './upload.css';

export function Component() {
  const repo = useRepo();
  useTitle(`Upload to ${repo.id}`);
  return <SignedInOnly>{repo.writable ? <UploadPage /> : <NotYours />}</SignedInOnly>;
}

function NotYours() {
  const repo = useRepo();
  return (
    <Notice tone="warn">
      You may not upload to {repo.id}: its namespace is not yours, nor an organisation’s in which you may
      write.
    </Notice>
  );
}

function UploadPage() {
  const repo = useRepo();
  const { revision = repo.defaultBranch, '*': folder = '' } = useParams();
  const [files, setFiles] = useState<UploadFile[]>([]);
  const [leftOut, setLeftOut] = useState(0);
  const { session } = useSession();
  const { state, start, pause, stop, forget } = useUpload();
  const running = state !== null && ['preparing', 'uploading', 'committing'].includes(state.phase);
  const add = (found: UploadFile[]) => {
    const picked = sorted(found, folder);
    setFiles((before) => merged(before, picked.files));
    setLeftOut((before) => before + picked.leftOut);
  };
  const begin = (message: CommitMessage) =>
    start({
      origin: location.origin,
      endpoint: session.hub.endpoint,
      csrf: session.csrf,
      kind: repo.kind,
      repo: repo.id,
      branch: revision,
      ...message,
      files,
    });
  if (/^[0-9a-f]{40}$/.test(revision))
    return (
      <Notice tone="warn">
        This is a commit, which never changes.{' '}
        <Link to={treeUrl(repo, repo.defaultBranch)}>Upload to a branch</Link> instead.
      </Notice>
    );
  if (state?.phase === 'done')
    return (
      <Done
        state={state}
        revision={revision}
        folder={folder}
        more={() => {
          forget();
          setFiles([]);
        }}
      />
    );
  return (
    <div className="stack loose">
      <Leaving lost={running} title="Leave and stop the upload?">
        The files are not committed yet. What was sent stays with the hub for a while, so starting again later
        is quick.
      </Leaving>
      <div className="section-head">
        <h2>
          Upload to <GitBranch size={16} aria-hidden="true" /> {revision}
          {folder ? <span className="muted"> / {folder}</span> : null}
        </h2>
      </div>
      {running ? null : <DropZone add={add} empty={files.length === 0} />}
      {leftOut > 0 && !running ? (
        <p className="muted small">{plural(leftOut, 'file')} of git, caches and the system left out.</p>
      ) : null}
      {state ? <Running state={state} pause={pause} stop={stop} /> : null}
      {files.length > 0 ? (
        <FileTable
          files={files}
          state={state}
          {...(running
            ? {}
            : { remove: (path: string) => setFiles(files.filter((one) => one.path !== path)) })}
        />
      ) : null}
      {files.length > 0 && !running ? (
        <CommitForm count={files.length} begin={begin} again={state !== null} />
      ) : null}
    </div>
  );
}

function DropZone({ add, empty }: { add: (files: UploadFile[]) => void; empty: boolean }) {
  const [over, setOver] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const folders = useRef<HTMLInputElement>(null);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void fromDrop(event.dataTransfer).then(add);
  };
  const input = (ref: React.RefObject<HTMLInputElement | null>, label: string, more: object) => (
    <input
      ref={ref}
      type="file"
      multiple
      className="hidden-visually"
      tabIndex={-1}
      aria-label={label}
      onChange={(event) => {
        if (event.target.files) add(fromInput(event.target.files));
        event.target.value = '';
      }}
      {...more}
    />
  );
  return (
    // Dropping is a shortcut for the buttons inside.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className={['drop', over ? 'over' : '', empty ? '' : 'slim'].filter(Boolean).join(' ')}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <p>
        <strong>Drop files or a folder here</strong>
        {empty ? (
          <span className="muted">
            {' '}
            or pick them. Of any size: only what the hub does not have yet is sent.
          </span>
        ) : null}
      </p>
      <div className="row wrap">
        <Button onClick={() => picker.current?.click()}>
          <FileUp aria-hidden="true" /> Pick files
        </Button>
        <Button onClick={() => folders.current?.click()}>
          <FolderUp aria-hidden="true" /> Pick a folder
        </Button>
      </div>
      {input(picker, 'Files to upload', {})}
      {input(folders, 'Folder to upload', { webkitdirectory: '' })}
    </div>
  );
}

const words: Record<UploadState['phase'], string> = {
  preparing: 'Asking the hub what it needs',
  uploading: 'Uploading',
  committing: 'Writing the commit',
  done: 'Done',
  failed: 'Failed',
  stopped: 'Stopped',
};

/** Bytes per second over the last few seconds; undefined while nothing moves. */
function useRate(sent: number): number | undefined {
  const marks = useRef<[number, number][]>([]);
  const latest = useRef(sent);
  const [rate, setRate] = useState<number>();
  useEffect(() => {
    latest.current = sent;
  }, [sent]);
  useEffect(() => {
    const timer = setInterval(() => {
      marks.current = [...marks.current.slice(-5), [Date.now(), latest.current]];
      const [first, last] = [marks.current[0], marks.current.at(-1)];
      if (first && last && last[0] > first[0]) setRate(((last[1] - first[1]) * 1000) / (last[0] - first[0]));
    }, 1000);
    return () => clearInterval(timer);
  }, []);
  return rate && rate > 0 ? rate : undefined;
}

export function Running({
  state,
  pause,
  stop,
}: {
  state: UploadState;
  pause: (paused: boolean) => void;
  stop: () => void;
}) {
  const rate = useRate(state.sent);
  const done = overall(state);
  if (state.phase === 'failed')
    return (
      <Notice tone="bad">
        {state.error} Nothing was committed; start again, and what was uploaded is not sent twice.
      </Notice>
    );
  if (state.phase === 'stopped')
    return (
      <Notice tone="warn">
        Stopped. Nothing was committed; start again, and what was uploaded is not sent twice.
      </Notice>
    );
  return (
    <section className="card card-body stack tight" aria-label="Upload">
      <div className="row between wrap">
        <strong role="status">{state.paused ? 'Paused' : (state.waiting ?? words[state.phase])}</strong>
        <span className="row">
          <Button small disabled={state.phase === 'committing'} onClick={() => pause(!state.paused)}>
            {state.paused ? <Play aria-hidden="true" /> : <Pause aria-hidden="true" />}{' '}
            {state.paused ? 'Resume' : 'Pause'}
          </Button>
          <Button small tone="danger" disabled={state.phase === 'committing'} onClick={stop}>
            <X aria-hidden="true" /> Stop
          </Button>
        </span>
      </div>
      <Progress value={done} max={1} label="All files" />
      <p className="muted small num">
        {Math.floor(done * 100)} % · {formatBytes(state.sent)} sent
        {rate !== undefined && !state.paused ? ` · ${formatBytes(rate)}/s` : ''}
      </p>
    </section>
  );
}

const stateWords: Record<FileState['state'], string> = {
  waiting: 'waiting',
  hashing: 'reading',
  uploading: 'sending',
  done: 'there',
};
const mostShown = 200;

function FileTable({
  files,
  state,
  remove,
}: {
  files: readonly UploadFile[];
  state: UploadState | null;
  remove?: (path: string) => void;
}) {
  const whole = files.reduce((sum, { file }) => sum + file.size, 0);
  const columns: Column<UploadFile>[] = [
    { id: 'path', label: 'Path', className: 'upload-path', cell: ({ path }) => <code>{path}</code> },
    { id: 'size', label: 'Size', right: true, cell: ({ file }) => <Bytes value={file.size} /> },
    {
      id: 'state',
      label: state ? 'Progress' : 'Action',
      unlabelled: !state,
      className: 'upload-state',
      cell: ({ path }) => <FileCell path={path} state={state?.files.get(path)} remove={remove} />,
    },
  ];
  return (
    <section className="stack tight" aria-label="Files">
      <p>
        {plural(files.length, 'file')}, <Bytes value={whole} />
      </p>
      <Table
        label="Files to upload"
        className="upload-files"
        rows={files.slice(0, mostShown)}
        columns={columns}
        keyOf={({ path }) => path}
      />
      {files.length > mostShown ? (
        <p className="muted small">and {formatCount(files.length - mostShown)} more</p>
      ) : null}
    </section>
  );
}

function FileCell({
  path,
  state,
  remove,
}: {
  path: string;
  state: FileState | undefined;
  remove: ((path: string) => void) | undefined;
}): ReactNode {
  if (remove)
    return (
      <Button small tone="quiet" icon aria-label={`Leave out ${path}`} onClick={() => remove(path)}>
        <X />
      </Button>
    );
  if (!state) return null;
  if (state.state === 'done') return <Chip tone="good">{stateWords.done}</Chip>;
  return (
    <span className="row">
      <Progress value={state.progress} max={1} label={`${path}, ${stateWords[state.state]}`} />
      <span className="muted small nowrap">{stateWords[state.state]}</span>
    </span>
  );
}

function CommitForm({
  count,
  begin,
  again,
}: {
  count: number;
  begin: (message: CommitMessage) => void;
  again: boolean;
}) {
  const usual = `Upload ${plural(count, 'file')}`;
  const { message, fields } = useCommitMessage(usual);
  return (
    <form
      className="card card-body stack"
      aria-label="Commit"
      onSubmit={(event) => {
        event.preventDefault();
        begin(message);
      }}
    >
      <CommitFields {...fields} />
      <div className="actions">
        <Button tone="primary" type="submit">
          {again ? 'Start again' : usual}
        </Button>
      </div>
    </form>
  );
}

function Done({
  state,
  revision,
  folder,
  more,
}: {
  state: UploadState;
  revision: string;
  folder: string;
  more: () => void;
}) {
  const repo = useRepo();
  const client = useQueryClient();
  useEffect(() => {
    void client.invalidateQueries();
  }, [client]);
  const whole = [...state.files.values()].reduce((sum, { size }) => sum + size, 0);
  const [only] = state.files.keys();
  return (
    <div className="card card-body stack">
      <Notice tone="good">
        {plural(state.files.size, 'file')} of {formatBytes(whole)} {state.files.size === 1 ? 'is' : 'are'} in{' '}
        {revision}.{' '}
        {state.sent < whole
          ? `${formatBytes(state.sent)} went over the network; the rest was there, or compressed.`
          : ''}
      </Notice>
      <div className="row wrap">
        <ButtonLink
          tone="primary"
          to={
            state.files.size === 1 && only ? blobUrl(repo, revision, only) : treeUrl(repo, revision, folder)
          }
        >
          {state.files.size === 1 ? 'See the file' : 'See the files'}
        </ButtonLink>
        {state.commit ? <ButtonLink to={commitUrl(repo, state.commit)}>See the commit</ButtonLink> : null}
        <Button onClick={more}>Upload more</Button>
      </div>
    </div>
  );
}
