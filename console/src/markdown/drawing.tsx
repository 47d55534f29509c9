import { useQuery } from '@tanstack/react-query';
import { send } from '@/api/client';

const largest = 4_000_000;

/**
 * An SVG of a repository. The hub serves files as what cannot run in its origin, so an <img> of one would stay empty;
 * as a data: address it is a picture and nothing else: no scripts, no further requests, no page of its own.
 */
export function Drawing({ src, alt, ...rest }: { src: string; alt: string } & React.ComponentProps<'img'>) {
  const { data } = useQuery({
    queryKey: ['drawing', src],
    queryFn: async ({ signal }) => {
      const text = await (await send(src, { signal })).text();
      return text.length > largest ? null : `data:image/svg+xml,${encodeURIComponent(text)}`;
    },
    staleTime: Infinity,
    retry: false,
  });
  return <img {...rest} src={data ?? undefined} alt={alt} />;
}
