/**
 * The fetch that an upload gives to @huggingface/hub. It adds the session's CSRF token to calls that carry no key of
 * their own, keeps them on the origin of the page, waits while the upload is paused, and sends again what a pause or
 * a broken connection stopped, where that does no harm: all but the commit is named by its content.
 */
import { Gate } from './gate';

export interface HubFetchOptions {
  origin: string;
  /** What the hub calls itself in its answers, e.g. the address it was told to be public under. */
  endpoint: string;
  csrf: string;
  gate: Gate;
  abort: AbortSignal;
  send: typeof fetch;
  /** Why nothing moves, or that it does again. */
  onWaiting: (why: string | null) => void;
  sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

const mostTries = 8;
const passing = new Set([408, 429, 502, 503, 504]);

export function hubFetch(options: HubFetchOptions): typeof fetch {
  return async (input, init = {}) => {
    const url = onOwnOrigin(address(input), options);
    const call = withCsrf(url, init, options);
    const again = !isCommit(url, call.method);
    for (let tries = 1; ; ++tries) {
      await options.gate.open();
      options.abort.throwIfAborted();
      const outcome = await attempt(url, call, again, options);
      if (outcome === 'paused') {
        tries = 0;
        continue;
      }
      if (outcome instanceof Response && !(again && passing.has(outcome.status) && tries < mostTries)) {
        options.onWaiting(null);
        return outcome;
      }
      if (outcome instanceof Error && !(again && tries < mostTries)) throw outcome;
      await pauseBetween(outcome, tries, options);
    }
  };
}

async function attempt(
  url: string,
  call: RequestInit,
  again: boolean,
  { gate, abort, send }: HubFetchOptions,
): Promise<Response | Error | 'paused'> {
  const own = call.signal ? [call.signal] : [];
  const signal = AbortSignal.any([abort, ...own, ...(again ? [gate.signal] : [])]);
  try {
    return await send(url, { ...call, signal });
  } catch (error) {
    if (abort.aborted || call.signal?.aborted) throw error;
    if (again && gate.paused) return 'paused';
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function pauseBetween(
  outcome: Response | Error,
  tries: number,
  options: HubFetchOptions,
): Promise<void> {
  const told = outcome instanceof Response ? Number(outcome.headers.get('Retry-After')) : 0;
  const seconds = told > 0 ? Math.min(told, 60) : Math.min(30, 2 ** (tries - 1));
  const why = outcome instanceof Response ? `the hub answered ${outcome.status}` : 'the connection broke';
  if (outcome instanceof Response) await outcome.body?.cancel();
  options.onWaiting(`Waiting for ${seconds} s: ${why}`);
  await (options.sleep ?? sleep)(seconds * 1000, options.abort);
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason instanceof Error ? signal.reason : new DOMException('Stopped', 'AbortError'));
    });
  });
}

const address = (input: RequestInfo | URL): string => (input instanceof Request ? input.url : String(input));

/** The hub names itself as it is known; the page may have been opened under another name of it. */
function onOwnOrigin(url: string, { origin, endpoint }: HubFetchOptions): string {
  const asked = new URL(url, origin);
  if (endpoint && asked.origin === new URL(endpoint, origin).origin)
    return origin + asked.pathname + asked.search;
  return asked.href;
}

function withCsrf(url: string, init: RequestInit, { origin, csrf }: HubFetchOptions): RequestInit {
  const headers = new Headers(init.headers);
  const changes = !['GET', 'HEAD'].includes(init.method?.toUpperCase() ?? 'GET');
  if (changes && csrf && new URL(url).origin === origin && !headers.has('Authorization'))
    headers.set('X-CSRF-Token', csrf);
  return { ...init, headers, credentials: 'same-origin' };
}

// A commit that arrived but whose answer was lost would be made twice.
const isCommit = (url: string, method: string | undefined): boolean =>
  method?.toUpperCase() === 'POST' &&
  /^\/api\/(models|datasets|spaces)\/[^/]+\/[^/]+\/commit\//.test(new URL(url).pathname);
