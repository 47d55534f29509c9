/** What several viewers have in common. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { FormatError, ReadError } from '@/formats/errors';
import { formatBytes, formatExact } from '@/lib/format';
import { ButtonAnchor, Notice, SkeletonRows } from '@/ui';
import type { ViewedFile } from './index';

/** What was read of a file. A file of one commit never changes; a branch may, so it is not kept for ever. */
export function useRead<T>(
  file: ViewedFile,
  what: string,
  read: (signal: AbortSignal) => Promise<T>,
): UseQueryResult<T> {
  return useQuery({
    queryKey: ['viewer', what, file.resolveUrl, file.size, file.lfs?.oid],
    queryFn: ({ signal }) => read(signal),
    retry: (count, error) => !(error instanceof FormatError) && count < 2,
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  });
}

/** The content once it is there; until then a skeleton, or why it is not. */
export function Read<T>({
  file,
  query,
  children,
}: {
  file: ViewedFile;
  query: UseQueryResult<T>;
  children: (value: T) => ReactNode;
}) {
  if (query.isError) return <Unshown file={file} error={query.error} />;
  if (query.data === undefined) return <SkeletonRows rows={8} height={22} />;
  return children(query.data);
}

export function DownloadLink({ file }: { file: ViewedFile }) {
  return (
    <ButtonAnchor href={`${file.resolveUrl}?download=true`} download>
      <Download aria-hidden="true" /> Download {formatBytes(file.size)}
    </ButtonAnchor>
  );
}

/** Instead of a view. Errors of formats are sentences already; others are not for people. */
export function Unshown({ file, error }: { file: ViewedFile; error: unknown }) {
  const told = error instanceof FormatError || error instanceof ReadError;
  return (
    <div className="viewer-pad stack">
      <Notice tone={error instanceof FormatError ? 'warn' : 'bad'}>
        {told ? error.message : 'This file could not be shown. It can still be downloaded.'}
      </Notice>
      <div>
        <DownloadLink file={file} />
      </div>
    </div>
  );
}

export interface Fact {
  label: string;
  value: ReactNode;
  note?: ReactNode;
}

export function Facts({ facts, label }: { facts: readonly Fact[]; label: string }) {
  return (
    <dl className="figures" aria-label={label}>
      {facts.map((fact) => (
        <div className="figure" key={fact.label}>
          <dt>{fact.label}</dt>
          <dd>
            {fact.value}
            {fact.note ? <small>{fact.note}</small> : null}
          </dd>
        </div>
      ))}
    </dl>
  );
}

export const exact = (count: number, what: string): string => `${formatExact(count)} ${what}`;
