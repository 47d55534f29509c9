/** Pictures that came with a text, as those pasted into the cell of a notebook: it names them attachment:NAME. */
import { ImageOff } from 'lucide-react';
import type { ComponentProps } from 'react';

/** By name, as data: addresses. Whoever makes it lets nothing in but pictures. */
export type Pasted = Readonly<Record<string, string>>;

const scheme = 'attachment:';

/** What an address names of the pictures that came with the text; null when it is another address. */
export function pastedName(address: string): string | null {
  return address.startsWith(scheme) ? address.slice(scheme.length) : null;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Markdown encodes what a name may hold; the notebook has it as it was typed, or encoded as well. */
export function pastedSource(pasted: Pasted, name: string): string | undefined {
  const known = [name, decoded(name)].find((one) => Object.hasOwn(pasted, one));
  return known === undefined ? undefined : pasted[known];
}

export function PastedPicture({
  name,
  alt,
  pasted,
  ...rest
}: { name: string; alt: string; pasted: Pasted } & Omit<ComponentProps<'img'>, 'src'>) {
  const source = pastedSource(pasted, name);
  if (source !== undefined) return <img src={source} alt={alt} {...rest} />;
  return (
    <span className="md-held" title="This picture is not in the file">
      <ImageOff size={13} aria-hidden="true" /> {alt.trim() || decoded(name)}
    </span>
  );
}
