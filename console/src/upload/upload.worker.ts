/** Hashes, chunks and sends beside the page, so that it stays usable. */
import { Gate } from './gate';
import type { FromWorker, ToWorker } from './messages';
import { failure, runUpload } from './run';

const gate = new Gate();
const abort = new AbortController();
const tell = (message: FromWorker) => self.postMessage(message);

self.addEventListener('message', (event: MessageEvent<ToWorker>) => {
  const message = event.data;
  if (message.type === 'start')
    runUpload(message.job, gate, abort.signal, tell).catch((error: unknown) => tell(failure(error)));
  if (message.type === 'pause') gate.pause();
  if (message.type === 'resume') gate.resume();
  if (message.type === 'stop') abort.abort(new DOMException('Stopped', 'AbortError'));
});
