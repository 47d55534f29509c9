/**
 * Formulas, by KaTeX. Its HTML is read by a parser of ours, not the browser's: that one would refuse the style
 * attributes under the Content-Security-Policy, while React sets them one by one, which is allowed.
 */
import type { Element, ElementContent, Root } from 'hast';
import type { Paragraph, Root as Text } from 'mdast';
import { fromHtml } from 'hast-util-from-html';
import katex from 'katex';
import { visit } from 'unist-util-visit';
import { visitParents } from 'unist-util-visit-parents';

const limits = { throwOnError: false, trust: false, maxSize: 40, maxExpand: 500 } as const;

const classesOf = (node: Element): unknown[] =>
  Array.isArray(node.properties.className) ? node.properties.className : [];

function textOf(node: ElementContent): string {
  if (node.type === 'text') return node.value;
  return node.type === 'element' ? node.children.map(textOf).join('') : '';
}

export function rehypeFormulas() {
  return (tree: Root) => {
    visitParents(tree, 'element', (node: Element, ancestors) => {
      const classes = classesOf(node);
      const display = classes.includes('math-display');
      if (!display && !classes.includes('math-inline')) return;
      const html = katex.renderToString(textOf(node), { ...limits, displayMode: display });
      const formula = fromHtml(html, { fragment: true }).children as ElementContent[];
      // A formula that stands alone comes as code in a pre.
      const parent = ancestors.at(-1);
      const inPre = parent?.type === 'element' && parent.tagName === 'pre';
      const [holder, replaced] = inPre ? [ancestors.at(-2), parent] : [parent, node];
      if (!holder) return;
      holder.children.splice(holder.children.indexOf(replaced), 1, ...formula);
    });
  };
}

/** A paragraph that is one formula between double dollars is a display, also when it is on one line. */
export function remarkDisplayFormulas() {
  return (tree: Text, file: { value: unknown }) => {
    const source = String(file.value);
    visit(tree, 'paragraph', (node: Paragraph) => {
      const [only, more] = node.children;
      if (more !== undefined || only?.type !== 'inlineMath') return;
      const start = only.position?.start.offset ?? -1;
      if (start < 0 || !source.startsWith('$$', start)) return;
      only.data = { ...only.data, hProperties: { className: ['language-math', 'math-display'] } };
    });
  };
}
