/**
 * Calls to the hub. Every call goes to the origin that served the console, with the session cookie; what changes
 * something carries the session's CSRF token. A refused call throws ApiError with the hub's own sentence.
 */

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly retryAfter?: number,
    readonly requestId?: string,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

let csrf = '';
export const setCsrf = (token: string): void => {
  csrf = token;
};

type QueryValue = string | number | boolean | undefined | null | readonly string[];

export interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  query?: Record<string, QueryValue>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as one line of JSON for each. */
  lines?: readonly unknown[];
  signal?: AbortSignal;
}

export function withQuery(path: string, query: Call['query']): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined || value === null || value === '') continue;
    if (Array.isArray(value)) for (const one of value as readonly string[]) pairs.append(name, one);
    else pairs.append(name, String(value));
  }
  const text = pairs.toString();
  if (!text) return path;
  return path + (path.includes('?') ? '&' : '?') + text;
}

const words: Record<number, string> = {
  401: 'You need to sign in for this.',
  403: 'You may not do this.',
  404: 'There is nothing here, or you may not see it.',
  429: 'Too many requests.',
  503: 'The hub cannot do this at the moment.',
};

async function errorOf(response: Response): Promise<ApiError> {
  let message = response.headers.get('X-Error-Message') ?? '';
  try {
    const body = (await response.json()) as { error?: unknown };
    if (typeof body.error === 'string') message = body.error;
    else if (Array.isArray(body.error)) message = body.error.join('; ');
  } catch {
    // Not every refusal has a JSON body; the header or the status has to do.
  }
  const wait = Number(response.headers.get('Retry-After'));
  return new ApiError(
    response.status,
    response.headers.get('X-Error-Code') ?? '',
    message || (words[response.status] ?? `The hub answered ${response.status}.`),
    Number.isFinite(wait) && wait > 0 ? wait : undefined,
    response.headers.get('X-Request-Id') ?? undefined,
  );
}

function bodyOf({ body, lines }: Call): string | null {
  if (lines) return lines.map((line) => JSON.stringify(line)).join('\n');
  return body === undefined ? null : JSON.stringify(body);
}

/** The answer itself; ApiError when it is not a success. */
export async function send(path: string, call: Call = {}): Promise<Response> {
  const method = call.method ?? 'GET';
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (call.body !== undefined) headers['Content-Type'] = 'application/json';
  if (call.lines) headers['Content-Type'] = 'application/x-ndjson';
  if (method !== 'GET' && csrf) headers['X-CSRF-Token'] = csrf;
  let response: Response;
  try {
    response = await fetch(withQuery(path, call.query), {
      method,
      headers,
      body: bodyOf(call),
      signal: call.signal ?? null,
      credentials: 'same-origin',
    });
  } catch (problem) {
    if (problem instanceof DOMException && problem.name === 'AbortError') throw problem;
    throw new ApiError(0, 'Unreachable', 'The hub cannot be reached. Is it running, and are you online?');
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

export async function api<T>(path: string, call: Call = {}): Promise<T> {
  const response = await send(path, call);
  if (response.status === 204 || response.headers.get('Content-Length') === '0') return undefined as T;
  const text = await response.text();
  if (!text) return undefined as T;
  try {
    return JSON.parse(text) as T;
  } catch {
    if (response.headers.get('Content-Type')?.includes('html'))
      throw new ApiError(404, 'NoRoute', 'This hub has no such function.');
    return text as T;
  }
}

export interface Page<T> {
  items: T[];
  /** Address of the next page; pass it to apiPage. */
  next: string | null;
  total: number | null;
}

/** Our own origin, whatever name the hub gave itself in the link. */
function sameOrigin(address: string): string {
  const url = new URL(address, location.origin);
  return url.pathname + url.search;
}

/** One page of a list whose next page is named by a Link header. */
export async function apiPage<T>(path: string, call: Call = {}): Promise<Page<T>> {
  const response = await send(path, call);
  const next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('Link') ?? '')?.[1];
  const total = response.headers.get('X-Total-Count');
  return {
    items: (await response.json()) as T[],
    next: next ? sameOrigin(next) : null,
    total: total === null ? null : Number(total),
  };
}

/** Bytes [start, end] of a file; the whole file when the server knows no ranges. */
export async function readRange(
  url: string,
  start: number,
  end: number,
  signal?: AbortSignal,
): Promise<ArrayBuffer> {
  const response = await fetch(url, {
    headers: { Range: `bytes=${start}-${end}` },
    credentials: 'same-origin',
    signal: signal ?? null,
  });
  if (!response.ok) throw await errorOf(response);
  const bytes = await response.arrayBuffer();
  return response.status === 206 ? bytes : bytes.slice(start, end + 1);
}
