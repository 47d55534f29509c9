/** fetch, but bodies that ask for it tell how much of them was sent: XMLHttpRequest knows, fetch does not. */
interface Hinted extends RequestInit {
  progressHint?: { progressCallback?: (progress: number) => void };
}

export function sendCounting(onSent: (bytes: number) => void): typeof fetch {
  return (input, init) => {
    const body = init?.body;
    const size =
      body instanceof Blob
        ? body.size
        : body instanceof ArrayBuffer || ArrayBuffer.isView(body)
          ? body.byteLength
          : 0;
    // The browser's own fetch is better at everything else.
    return size < 64 * 1024 || !init
      ? fetch(input, init)
      : byXhr(input instanceof Request ? input.url : input.toString(), init, size, onSent);
  };
}

function byXhr(url: string, init: Hinted, size: number, onSent: (bytes: number) => void): Promise<Response> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    let counted = 0;
    const count = (loaded: number) => {
      onSent(loaded - counted);
      counted = loaded;
      init.progressHint?.progressCallback?.(Math.min(0.999, loaded / size));
    };
    xhr.open(init.method ?? 'POST', url);
    new Headers(init.headers).forEach((value, name) => xhr.setRequestHeader(name, value));
    xhr.responseType = 'blob';
    xhr.upload.addEventListener('progress', (event) => count(event.loaded));
    xhr.addEventListener('load', () => {
      count(size);
      resolve(
        new Response(xhr.response as Blob, {
          status: xhr.status,
          statusText: xhr.statusText,
          headers: headersOf(xhr),
        }),
      );
    });
    const broken = () => {
      // What was counted has to be sent again.
      onSent(-counted);
      const reason: unknown = init.signal?.reason;
      reject(
        init.signal?.aborted && reason instanceof Error ? reason : new TypeError('The connection broke'),
      );
    };
    xhr.addEventListener('error', broken);
    xhr.addEventListener('abort', broken);
    if (init.signal?.aborted) {
      broken();
      return;
    }
    init.signal?.addEventListener('abort', () => xhr.abort());
    xhr.send(init.body as XMLHttpRequestBodyInit);
  });
}

function headersOf(xhr: XMLHttpRequest): Headers {
  const headers = new Headers();
  for (const line of xhr.getAllResponseHeaders().trim().split('\r\n')) {
    const at = line.indexOf(':');
    if (at > 0) headers.append(line.slice(0, at), line.slice(at + 1).trim());
  }
  return headers;
}
