import { useCallback, useEffect, useReducer, useRef } from 'react';
import type { FromWorker, Job, ToWorker } from './messages';
import { advance, initialState, type Action, type UploadState } from './progress';

type Held = UploadState | null;
type Change = Action | { type: 'began'; job: Job } | { type: 'forgotten' };

function change(state: Held, action: Change): Held {
  if (action.type === 'began') return initialState(action.job.files);
  if (action.type === 'forgotten') return null;
  return state && advance(state, action);
}

const makeWorker = () => new Worker(new URL('./upload.worker.ts', import.meta.url), { type: 'module' });

/** One upload at a time, in a worker that ends with the page. */
export function useUpload() {
  const [state, dispatch] = useReducer(change, null);
  const worker = useRef<Worker>(undefined);
  const say = (message: ToWorker) => worker.current?.postMessage(message);
  useEffect(() => () => worker.current?.terminate(), []);

  const start = useCallback((job: Job) => {
    worker.current?.terminate();
    const one = makeWorker();
    worker.current = one;
    dispatch({ type: 'began', job });
    one.addEventListener('message', (event: MessageEvent<FromWorker>) => dispatch(event.data));
    one.addEventListener('error', () =>
      dispatch({
        type: 'failed',
        status: 0,
        message: 'The browser could not run the part of this page that uploads.',
      }),
    );
    say({ type: 'start', job });
  }, []);
  const pause = useCallback((paused: boolean) => {
    say({ type: paused ? 'pause' : 'resume' });
    dispatch({ type: 'paused', paused });
  }, []);
  const stop = useCallback(() => {
    say({ type: 'resume' });
    say({ type: 'stop' });
    dispatch({ type: 'stopped' });
  }, []);
  const forget = useCallback(() => {
    worker.current?.terminate();
    dispatch({ type: 'forgotten' });
  }, []);
  return { state, start, pause, stop, forget };
}
