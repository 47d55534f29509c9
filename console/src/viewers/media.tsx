import { useState } from 'react';
import { extension } from '@/formats/file-type';
import { FormatError } from '@/formats/errors';
import { Unshown, useRead } from './parts';
import type { ViewerProps } from './index';

const name = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** The hub names no types of files, and a browser knows a drawing by its type alone. */
function useDrawing({ file, reader }: ViewerProps): string | undefined {
  const drawn = extension(file.path) === 'svg';
  const { data } = useRead(file, 'drawing', (signal) =>
    drawn ? reader.read(0, reader.size, signal) : Promise.resolve(null),
  );
  if (!drawn) return file.resolveUrl;
  return data ? `data:image/svg+xml,${encodeURIComponent(new TextDecoder().decode(data))}` : undefined;
}

export function ImageViewer(props: ViewerProps) {
  const { file } = props;
  const address = useDrawing(props);
  const [size, setSize] = useState<{ width: number; height: number }>();
  const [broken, setBroken] = useState(false);
  if (broken) return <Unshown file={file} error={new FormatError('The browser cannot show this picture.')} />;
  return (
    <figure className="picture">
      <img
        src={address}
        alt={name(file.path)}
        onLoad={({ currentTarget: image }) =>
          setSize({ width: image.naturalWidth, height: image.naturalHeight })
        }
        onError={() => setBroken(true)}
      />
      <figcaption className="muted small">
        {size ? `${size.width} × ${size.height} pixels` : '\u00a0'}
      </figcaption>
    </figure>
  );
}

export function AudioViewer({ file }: ViewerProps) {
  const [broken, setBroken] = useState(false);
  if (broken)
    return <Unshown file={file} error={new FormatError('The browser cannot play this recording.')} />;
  return (
    <div className="picture">
      {/* eslint-disable-next-line jsx-a11y/media-has-caption */}
      <audio
        controls
        preload="metadata"
        src={file.resolveUrl}
        aria-label={name(file.path)}
        onError={() => setBroken(true)}
      />
    </div>
  );
}

export function VideoViewer({ file }: ViewerProps) {
  const [broken, setBroken] = useState(false);
  if (broken) return <Unshown file={file} error={new FormatError('The browser cannot play this film.')} />;
  return (
    <div className="picture">
      {/* eslint-disable-next-line jsx-a11y/media-has-caption */}
      <video
        controls
        preload="metadata"
        src={file.resolveUrl}
        aria-label={name(file.path)}
        onError={() => setBroken(true)}
      />
    </div>
  );
}
