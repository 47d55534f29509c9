/**
 * HTML of strangers (a notebook's tables) as elements: parsed, cut down to a list of harmless elements and attributes,
 * and made into React's elements; no text is ever given to the browser as HTML. Nothing in it may load anything.
 */
import type { Root } from 'hast';
import { raw } from 'hast-util-raw';
import { defaultSchema, sanitize, type Schema } from 'hast-util-sanitize';
import { toJsxRuntime } from 'hast-util-to-jsx-runtime';
import { useMemo, type ReactNode } from 'react';
import { Fragment, jsx, jsxs } from 'react/jsx-runtime';

const schema: Schema = {
  ...defaultSchema,
  strip: ['script', 'style', 'template', 'title'],
  tagNames: (defaultSchema.tagNames ?? []).filter(
    (name) => !['img', 'picture', 'source', 'input'].includes(name),
  ),
  protocols: { ...defaultSchema.protocols, href: ['http', 'https', 'mailto'] },
};

export function safeTree(html: string): Root {
  const tree: Root = { type: 'root', children: [{ type: 'raw', value: html }] };
  const clean = sanitize(raw(tree), schema);
  return clean.type === 'root' ? clean : { type: 'root', children: [] };
}

export function SafeHtml({ html }: { html: string }) {
  const content = useMemo(() => toJsxRuntime(safeTree(html), { Fragment, jsx, jsxs }) as ReactNode, [html]);
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="safe-html markdown" tabIndex={0} role="group" aria-label="Output">
      {content}
    </div>
  );
}
