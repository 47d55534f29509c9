/** What the tags of a repository mean, so that they can be shown by kind and filtered by. */
import type { RepoInfo } from '@/api/types';
import { plurals, type RepoKind } from './urls';

export interface Facet {
  /** In the address, as on huggingface.co. */
  parameter: 'pipeline_tag' | 'library' | 'license' | 'language' | 'other';
  label: string;
}
export const facets: readonly Facet[] = [
  { parameter: 'pipeline_tag', label: 'Task' },
  { parameter: 'library', label: 'Library' },
  { parameter: 'license', label: 'Licence' },
  { parameter: 'language', label: 'Language' },
  { parameter: 'other', label: 'Tag' },
];

const languageNames = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

export function languageName(code: string): string | null {
  if (!/^[a-z]{2,3}$/.test(code)) return null;
  try {
    return languageNames.of(code) ?? null;
  } catch {
    return null;
  }
}

const shownPrefixes: Record<string, string> = {
  license: 'Licence',
  base_model: 'Base model',
  dataset: 'Dataset',
  arxiv: 'arXiv',
  doi: 'DOI',
  region: 'Region',
  language: 'Language',
  size_categories: 'Size',
  task_categories: 'Task',
  format: 'Format',
  modality: 'Modality',
};

export interface ShownTag {
  id: string;
  label: string;
  prefix: string | null;
  href: string;
}

/** "text-generation" as "Text generation". */
export function taskName(task: string): string {
  const words = task.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const internal = /^(region|base_model:(quantized|finetune|adapter|merge)):/;

export function shownTag(kind: RepoKind, tag: string): ShownTag {
  const catalogue = `/${plurals[kind]}`;
  const at = tag.indexOf(':');
  const key = at > 0 ? tag.slice(0, at) : '';
  const value = tag.slice(at + 1);
  const prefix = shownPrefixes[key] ?? null;
  if (key === 'base_model') return { id: tag, label: value, prefix, href: `/${value}` };
  if (key === 'dataset')
    return {
      id: tag,
      label: value,
      prefix,
      href: value.includes('/') ? `/datasets/${value}` : `${catalogue}?other=${encodeURIComponent(tag)}`,
    };
  if (key === 'license')
    return { id: tag, label: value, prefix, href: `${catalogue}?license=${encodeURIComponent(tag)}` };
  if (key === 'language')
    return {
      id: tag,
      label: languageName(value) ?? value,
      prefix: null,
      href: `${catalogue}?language=${encodeURIComponent(tag)}`,
    };
  if (prefix) return { id: tag, label: value, prefix, href: `${catalogue}?other=${encodeURIComponent(tag)}` };
  const language = languageName(tag);
  if (language)
    return {
      id: tag,
      label: language,
      prefix: null,
      href: `${catalogue}?language=${encodeURIComponent(tag)}`,
    };
  return { id: tag, label: tag, prefix: null, href: `${catalogue}?other=${encodeURIComponent(tag)}` };
}

/** The tags worth a chip: without the task and library, which are shown by themselves, and what is for machines. */
export function shownTags(kind: RepoKind, info: RepoInfo): ShownTag[] {
  const seen = new Set<string>([info.pipeline_tag ?? '', info.library_name ?? '']);
  return info.tags.filter((tag) => !seen.has(tag) && !internal.test(tag)).map((tag) => shownTag(kind, tag));
}
