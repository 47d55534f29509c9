/**
 * Where the links and images of a card lead. Relative ones mean files of the repository, as on huggingface.co;
 * images of other hosts are held back until the reader wants them: the console itself asks nobody but the hub.
 */
import type { Element, Root } from 'hast';
import { visit } from 'unist-util-visit';
import { blobUrl, resolveUrl, treeUrl, type RepoRef } from '@/lib/urls';
import { idPrefix } from './schema';

export interface Place extends RepoRef {
  revision: string;
  /** The folder that the text lies in: "" or "docs/guide". */
  folder: string;
}

const absolute = /^[a-z][a-z0-9+.-]*:|^\/\//i;

/** The path of a relative reference from the root of the repository; null when it leads out of it. */
export function pathFrom(folder: string, reference: string): string | null {
  const parts = reference.startsWith('/') ? [] : folder.split('/').filter(Boolean);
  for (const part of reference.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (parts.length === 0) return null;
      parts.pop();
    } else parts.push(decoded(part));
  }
  return parts.join('/');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function split(reference: string): [path: string, rest: string] {
  const end = reference.search(/[?#]/);
  return end < 0 ? [reference, ''] : [reference.slice(0, end), reference.slice(end)];
}

export function linkTarget(place: Place, href: string): string {
  if (href.startsWith('#')) return `#${idPrefix}${href.slice(1)}`;
  // A path from the root is an address of the hub, as /datasets/ns/name is.
  if (absolute.test(href) || href.startsWith('/')) return href;
  const [reference, rest] = split(href);
  const path = pathFrom(place.folder, reference);
  if (path === null) return href;
  if (path === '' || reference.endsWith('/')) return treeUrl(place, place.revision, path);
  return blobUrl(place, place.revision, path) + rest;
}

export function sourceTarget(place: Place, src: string): string {
  if (absolute.test(src) || src.startsWith('/')) return src;
  const [reference] = split(src);
  const path = pathFrom(place.folder, reference);
  return path ? resolveUrl(place, place.revision, path) : src;
}

/** The host of an address that is not ours. */
export function foreignHost(address: string, origin: string): string | null {
  try {
    const url = new URL(address, origin);
    return url.origin === origin ? null : url.host;
  } catch {
    return null;
  }
}

/** Links of huggingface.co to a file's page, put where a picture is meant, show the page: people mean the file. */
const asFile = (src: string) => src.replace(/\/blob\/([^/]+)\//, '/resolve/$1/');

export function rehypeRepoLinks(place: Place) {
  return (tree: Root) => {
    visit(tree, 'element', (node: Element) => {
      const { href, src, poster } = node.properties;
      if (typeof href === 'string') node.properties.href = linkTarget(place, href);
      if (typeof src === 'string') {
        const to = node.tagName === 'img' ? asFile(src) : src;
        node.properties.src = sourceTarget(place, to);
      }
      if (typeof poster === 'string') node.properties.poster = sourceTarget(place, poster);
    });
  };
}
