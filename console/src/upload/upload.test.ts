import { describe, expect, it, vi } from 'vitest';
import { fromInput, merged, sorted } from './files';
import { Gate } from './gate';
import { hubFetch, type HubFetchOptions } from './hub-fetch';
import { advance, initialState, overall, type UploadState } from './progress';

const xorb = 'http://hub.test/v1/xorbs/default/abc';
const commit = 'http://hub.test/api/models/a/b/commit/main';

function made(answers: (Response | Error)[], more: Partial<HubFetchOptions> = {}) {
  const calls: { url: string; init: RequestInit }[] = [];
  const waits: (string | null)[] = [];
  const slept: number[] = [];
  const send = (input: RequestInfo | URL, init: RequestInit = {}) => {
    calls.push({ url: (input as URL).toString(), init });
    const answer = answers.shift() ?? new Response('ok');
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const gate = new Gate();
  const abort = new AbortController();
  const call = hubFetch({
    origin: 'http://hub.test',
    endpoint: 'https://public.test',
    csrf: 'token',
    gate,
    abort: abort.signal,
    send,
    onWaiting: (why) => waits.push(why),
    sleep: (milliseconds) => {
      slept.push(milliseconds);
      return Promise.resolve();
    },
    ...more,
  });
  return { call, calls, gate, abort, waits, slept };
}

const header = (init: RequestInit | undefined, name: string) => new Headers(init?.headers).get(name);

describe('hubFetch', () => {
  it('adds the CSRF token to changes of our own, and to nothing else', async () => {
    const { call, calls } = made([]);
    await call(commit, { method: 'POST' });
    await call(xorb, { method: 'POST', headers: { Authorization: 'Bearer xet' } });
    await call('http://hub.test/api/x');
    await call('http://elsewhere.test/put', { method: 'PUT' });
    expect(calls.map(({ init }) => header(init, 'X-CSRF-Token'))).toEqual(['token', null, null, null]);
  });

  it('stays on the origin of the page when the hub names itself otherwise', async () => {
    const { call, calls } = made([]);
    await call('https://public.test/api/models/a/b/xet-write-token/main?x=1');
    expect(calls[0]?.url).toBe('http://hub.test/api/models/a/b/xet-write-token/main?x=1');
  });

  it('sends again after a broken connection, and waits as long as the hub says', async () => {
    const busy = new Response('', { status: 503, headers: { 'Retry-After': '7' } });
    const { call, calls, slept, waits } = made([new TypeError('broke'), busy]);
    expect((await call(xorb, { method: 'POST' })).status).toBe(200);
    expect(calls).toHaveLength(3);
    expect(slept).toEqual([1000, 7000]);
    expect(waits).toEqual([
      'Waiting for 1 s: the connection broke',
      'Waiting for 7 s: the hub answered 503',
      null,
    ]);
  });

  it('never sends a commit twice', async () => {
    const { call, calls } = made([new TypeError('broke')]);
    await expect(call(commit, { method: 'POST' })).rejects.toThrow('broke');
    expect(calls).toHaveLength(1);
    expect((await made([new Response('', { status: 503 })]).call(commit, { method: 'POST' })).status).toBe(
      503,
    );
  });

  it('gives up in the end', async () => {
    const { call, calls } = made(Array.from({ length: 20 }, () => new TypeError('broke')));
    await expect(call(xorb, { method: 'POST' })).rejects.toThrow('broke');
    expect(calls).toHaveLength(8);
  });

  it('does not repeat what was refused', async () => {
    const { call, calls } = made([new Response('', { status: 403 })]);
    expect((await call(xorb, { method: 'POST' })).status).toBe(403);
    expect(calls).toHaveLength(1);
  });

  it('breaks off what a pause meets, and sends it again afterwards', async () => {
    let sent = 0;
    const send: typeof fetch = (_, init) => {
      sent += 1;
      if (sent > 1) return Promise.resolve(new Response('ok'));
      return new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new DOMException('off', 'AbortError')));
      });
    };
    const { call, gate, slept } = made([], { send });
    const answer = call(xorb, { method: 'POST' });
    await vi.waitFor(() => expect(sent).toBe(1));
    gate.pause();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(sent).toBe(1);
    gate.resume();
    expect((await answer).status).toBe(200);
    expect(slept).toEqual([]);
  });

  it('ends when it is stopped, even while paused', async () => {
    const { call, gate, abort, calls } = made([]);
    gate.pause();
    const answer = call(xorb, { method: 'POST' });
    abort.abort();
    gate.resume();
    await expect(answer).rejects.toThrow();
    expect(calls).toHaveLength(0);
  });
});

describe('progress', () => {
  const begin = () =>
    initialState([
      { path: 'a', file: { size: 99 } },
      { path: 'b', file: { size: 299 } },
    ]);

  it('is weighed by bytes', () => {
    let state: UploadState = begin();
    expect(overall(state)).toBe(0);
    state = advance(state, { type: 'progress', path: 'b', state: 'hashing', progress: 1 });
    expect(overall(state)).toBeCloseTo(0.15);
    state = advance(state, { type: 'progress', path: 'b', state: 'uploading', progress: 1 });
    expect(state.files.get('b')?.state).toBe('done');
    expect(overall(state)).toBeCloseTo(0.75);
    state = advance(state, { type: 'done', commit: 'c' });
    expect(overall(state)).toBe(1);
  });

  it('counts bytes that have to be sent again once', () => {
    let state = begin();
    for (const bytes of [100, -100, 150]) state = advance(state, { type: 'sent', bytes });
    expect(state.sent).toBe(150);
  });

  it('stays stopped, whatever the worker still says', () => {
    const state = advance(advance(begin(), { type: 'stopped' }), {
      type: 'failed',
      message: 'Stopped',
      status: 0,
    });
    expect(state.phase).toBe('stopped');
  });
});

describe('files', () => {
  const file = (name: string, folder = '') => {
    const one = new File(['x'], name);
    Object.defineProperty(one, 'webkitRelativePath', { value: folder ? `${folder}/${name}` : '' });
    return one;
  };

  it('go below the folder that is open, without what belongs to git and the system', () => {
    const found = ['a.txt', '.git/config', 'x/.DS_Store', 'x/.gitattributes'].map((path) => ({
      path,
      file: file('f'),
    }));
    const picked = sorted(found, 'sub');
    expect(picked.files.map(({ path }) => path)).toEqual(['sub/a.txt', 'sub/x/.gitattributes']);
    expect(picked.leftOut).toBe(2);
  });

  it('of a folder have paths without its own name', () => {
    const list = [file('a.txt', 'model'), file('b.txt')] as unknown as FileList;
    expect(fromInput(list).map(({ path }) => path)).toEqual(['a.txt', 'b.txt']);
  });

  it('replace earlier ones of the same path', () => {
    const [one, two] = [file('1'), file('2')];
    expect(merged([{ path: 'p', file: one }], [{ path: 'p', file: two }])).toEqual([
      { path: 'p', file: two },
    ]);
  });
});
