/** A text file, changed in the browser and committed; or a new one, when the path is not there yet. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { ApiError } from '@/api/client';
import { commitText, readTextFile, type TextFile } from '@/api/commit';
import { useTitle } from '@/app/title';
import { blobUrl, treeUrl } from '@/lib/urls';
import { PathBar } from '@/pages/repo/path-bar';
import { useRepo } from '@/pages/repo/context';
import { SignedInOnly } from '@/parts/admin-only';
import { CommitFields, useCommitMessage, type CommitMessage } from '@/parts/commit-fields';
import { Leaving } from '@/parts/leaving';
import { Button, ButtonLink, ErrorState, Notice, Skeleton, Tabs, TextField, useToast } from '@/ui';
import '../repo/files.css';
import '../upload/upload.css';

const CodeEditor = lazy(() => import('@/editor'));
const Markdown = lazy(() => import('@/markdown').then((module) => ({ default: module.Markdown })));

export function Component() {
  return (
    <SignedInOnly>
      <EditPage />
    </SignedInOnly>
  );
}

function EditPage() {
  const repo = useRepo();
  const { revision = repo.defaultBranch, '*': path = '' } = useParams();
  useTitle(path ? `Edit ${path}` : 'New file');
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['edit', repo.kind, repo.id, revision, path],
    queryFn: ({ signal }) => readTextFile(repo, revision, path, signal),
    enabled: path !== '',
    // The text under somebody's hands must not be exchanged.
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
  if (!repo.writable) return <Notice tone="warn">You may not change {repo.id}.</Notice>;
  if (/^[0-9a-f]{40}$/.test(revision))
    return (
      <Notice tone="warn">
        This is a commit, which never changes. Open the file on a branch to edit it.
      </Notice>
    );
  const missing = path === '' || (error instanceof ApiError && error.status === 404);
  if (error instanceof TypeError)
    return <Notice tone="warn">This file is not text; upload a new version of it instead.</Notice>;
  if (error && !missing) return <ErrorState error={error} retry={() => void refetch()} />;
  if (isPending && !missing) return <Skeleton height={420} />;
  const file: TextFile = data ?? { text: '', commit: null };
  return <Editor key={`${revision} ${path}`} file={file} revision={revision} path={path} isNew={missing} />;
}

function Editor({
  file,
  revision,
  path,
  isNew,
}: {
  file: TextFile;
  revision: string;
  path: string;
  isNew: boolean;
}) {
  const repo = useRepo();
  const [name, setName] = useState(path);
  const [text, setText] = useState(file.text);
  const save = useSave(revision);
  const changed = text !== file.text && !save.isSuccess;
  return (
    <div className="stack">
      <Leaving lost={changed} title="Leave without committing?">
        What you changed would be lost.
      </Leaving>
      <div className="row between wrap">
        {isNew ? (
          <TextField
            label="Path of the new file"
            placeholder="folder/name.txt"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        ) : (
          <PathBar revision={revision} path={path} />
        )}
        <ButtonLink tone="quiet" to={isNew ? treeUrl(repo, revision) : blobUrl(repo, revision, path)}>
          Cancel
        </ButtonLink>
      </div>
      <div className="card">
        <TextTabs path={name} revision={revision} text={text} change={setText} />
      </div>
      <CommitForm
        usual={isNew ? `Create ${name || 'file'}` : `Update ${name}`}
        ready={name.trim() !== '' && (isNew || changed)}
        busy={save.isPending}
        error={save.error}
        commit={(message, onto) =>
          save.mutate({
            path: name.trim(),
            text,
            ...message,
            parent: onto === 'seen' ? file.commit : null,
          })
        }
      />
    </div>
  );
}

function useSave(revision: string) {
  const repo = useRepo();
  const client = useQueryClient();
  const navigate = useNavigate();
  const toast = useToast();
  const save = useMutation({
    mutationFn: (change: Parameters<typeof commitText>[2]) => commitText(repo, revision, change),
  });
  const { isSuccess, variables } = save;
  const path = variables?.path;
  // After the state has changed, so that leaving is not asked about.
  useEffect(() => {
    if (!isSuccess || path === undefined) return;
    toast(`${path} is committed to ${revision}.`);
    void client.invalidateQueries();
    void navigate(blobUrl(repo, revision, path));
  }, [isSuccess, path, client, navigate, repo, revision, toast]);
  return save;
}

function TextTabs({
  path,
  revision,
  text,
  change,
}: {
  path: string;
  revision: string;
  text: string;
  change: (text: string) => void;
}) {
  const repo = useRepo();
  const area = (
    <Suspense fallback={<Skeleton height={420} />}>
      <CodeEditor label={`Text of ${path || 'the new file'}`} path={path} initial={text} change={change} />
    </Suspense>
  );
  if (!/\.(md|markdown)$/i.test(path)) return area;
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  return (
    <Tabs
      label="How to show the text"
      tabs={[
        // Kept: with the editor its history would go, and with that all ways back.
        { id: 'text', label: 'Text', content: area, kept: true },
        {
          id: 'preview',
          label: 'Preview',
          content: (
            <div className="card-body">
              <Suspense fallback={<Skeleton height={240} />}>
                <Markdown draft text={text} place={{ kind: repo.kind, id: repo.id, revision, folder }} />
              </Suspense>
            </div>
          ),
        },
      ]}
    />
  );
}

function CommitForm({
  usual,
  ready,
  busy,
  error,
  commit,
}: {
  usual: string;
  ready: boolean;
  busy: boolean;
  error: Error | null;
  commit: (message: CommitMessage, onto: 'seen' | 'newest') => void;
}) {
  const { message, fields } = useCommitMessage(usual);
  const go = (onto: 'seen' | 'newest') => commit(message, onto);
  const moved = error instanceof ApiError && error.status === 412;
  return (
    <form
      className="card card-body stack"
      aria-label="Commit"
      onSubmit={(event) => {
        event.preventDefault();
        go('seen');
      }}
    >
      {moved ? (
        <Notice tone="warn">
          Somebody has committed to this branch since you opened the file. Commit on top of it if they did not
          change this file, or open it again to see what they did.{' '}
          <Button small onClick={() => go('newest')}>
            Commit on top of it
          </Button>
        </Notice>
      ) : error ? (
        <Notice tone="bad">{error.message}</Notice>
      ) : null}
      <CommitFields {...fields} />
      <div className="actions">
        <Button tone="primary" type="submit" busy={busy} disabled={!ready}>
          Commit
        </Button>
      </div>
    </form>
  );
}
