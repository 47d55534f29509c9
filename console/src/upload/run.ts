/** An upload from its job to its commit, by @huggingface/hub: through Xet, so that what the hub has is not sent. */
import { commitIter, HubApiError } from '@huggingface/hub';
import { Gate } from './gate';
import { hubFetch } from './hub-fetch';
import type { FromWorker, Job } from './messages';
import { sendCounting } from './send';

const phases = {
  preuploading: 'preparing',
  uploadingLargeFiles: 'uploading',
  committing: 'committing',
} as const;

export async function runUpload(
  job: Job,
  gate: Gate,
  abort: AbortSignal,
  tell: (message: FromWorker) => void,
): Promise<void> {
  const send = hubFetch({
    origin: job.origin,
    endpoint: job.endpoint,
    csrf: job.csrf,
    gate,
    abort,
    send: sendCounting((bytes) => tell({ type: 'sent', bytes })),
    onWaiting: (why) => tell({ type: 'waiting', why }),
  });
  const steps = commitIter({
    repo: { type: job.kind, name: job.repo },
    hubUrl: job.origin,
    branch: job.branch,
    title: job.title,
    description: job.description,
    operations: job.files.map(({ path, file }) => ({ operation: 'addOrUpdate', path, content: file })),
    fetch: send,
    abortSignal: abort,
    useXet: true,
    // This is a worker already.
    useWebWorkers: false,
  });
  tell({ type: 'phase', phase: 'preparing' });
  for (;;) {
    const step = await steps.next();
    if (step.done) {
      tell({ type: 'done', commit: step.value?.commit.oid ?? '' });
      return;
    }
    const event = step.value;
    if (event.event === 'phase') tell({ type: 'phase', phase: phases[event.phase] });
    else if (event.state !== 'error')
      tell({ type: 'progress', path: event.path, state: event.state, progress: event.progress });
  }
}

export function failure(error: unknown): FromWorker {
  const status = error instanceof HubApiError ? error.statusCode : 0;
  const told = error instanceof Error ? error.message : String(error);
  return {
    type: 'failed',
    message: told.replace(/ ?- ?Request ID:.*$/s, '').replace(/\. URL: .*$/s, '.'),
    status,
  };
}
