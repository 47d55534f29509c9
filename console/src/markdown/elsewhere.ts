/**
 * Pictures of other hosts in a text. The policy of a page does not admit them; when a reader wants them, the page is
 * loaded again with one that does. The address only chooses that policy: who wants them is kept in this tab, for one
 * repository, so that no link can want them for somebody.
 */
import { loadedAt } from '@/lib/loaded-at';
import type { Place } from './links';

const parameter = ['pictures', 'elsewhere'] as const;
const key = ({ kind, id }: Place) => `pictures of ${kind} ${id}`;

/** By the policy that this document has. */
export const admitted = () => loadedAt.searchParams.get(parameter[0]) === parameter[1];

export const wanted = (place: Place) => sessionStorage.getItem(key(place)) !== null;
export const want = (place: Place) => sessionStorage.setItem(key(place), 'yes');

/** This page with the policy that admits them. */
export function loadAgain(): void {
  const url = new URL(location.href);
  url.searchParams.set(...parameter);
  history.replaceState(history.state, '', url);
  location.reload();
}

/** No policy admits pictures that come unencrypted; most hosts have them encrypted, too. */
export function encrypted(src: string): string {
  const url = new URL(src, location.origin);
  url.protocol = 'https:';
  return url.href;
}
