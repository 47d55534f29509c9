/** The editor in the console's own colours, which change with the theme by themselves. */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const frame = EditorView.theme({
  '&': {
    backgroundColor: 'var(--surface)',
    color: 'var(--ink)',
    fontSize: '0.8125rem',
    letterSpacing: 'normal',
    wordSpacing: 'normal',
  },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-2px' },
  '.cm-scroller': {
    minHeight: 'min(60vh, 600px)',
    maxHeight: '75vh',
    overflow: 'auto',
    fontFamily: 'var(--mono)',
    fontVariantLigatures: 'none',
    lineHeight: '1.6',
  },
  '.cm-content': { padding: '12px 0', caretColor: 'var(--ink)' },
  '.cm-line': { padding: '0 14px 0 10px' },
  '.cm-line::selection, .cm-line ::selection': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 28%, transparent)',
  },
  '.cm-gutters': {
    backgroundColor: 'var(--surface)',
    color: 'var(--ink-3)',
    borderRight: '1px solid var(--line)',
  },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--sunken) 60%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--sunken)', color: 'var(--ink)' },
  '.cm-specialChar': { color: 'var(--bad)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--accent-soft)' },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--bad-soft)' },
  '.cm-searchMatch': { backgroundColor: 'var(--mark)', outline: '0' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--mark)', outline: '2px solid var(--focus)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--accent-soft)' },
});

const panels = EditorView.theme({
  '.cm-panels': { backgroundColor: 'var(--sunken)', color: 'var(--ink)', fontFamily: 'var(--font)' },
  '.cm-panels-top': { borderBottom: '1px solid var(--line)' },
  '.cm-panels-bottom': { borderTop: '1px solid var(--line)' },
  '.cm-panel.cm-search': { padding: '8px 32px 8px 12px' },
  '.cm-panel.cm-search label, .cm-panel.cm-search .cm-textfield, .cm-panel.cm-search .cm-button': {
    fontSize: '0.8125rem',
  },
  '.cm-textfield': {
    backgroundColor: 'var(--surface)',
    color: 'var(--ink)',
    border: '1px solid var(--line-strong)',
    borderRadius: '4px',
  },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--surface)',
    color: 'var(--ink)',
    border: '1px solid var(--line-strong)',
    borderRadius: '4px',
    '&:active': { backgroundImage: 'none', backgroundColor: 'var(--sunken)' },
  },
  '.cm-panel.cm-search [name=close]': {
    top: '6px',
    right: '8px',
    minWidth: '24px',
    minHeight: '24px',
    color: 'inherit',
  },
  '.cm-panels :focus-visible': { outline: '2px solid var(--focus)', outlineOffset: '1px' },
  '.cm-hint': { margin: '0', padding: '6px 12px', color: 'var(--ink-3)', fontSize: '0.8125rem' },
  '.cm-hint kbd': { fontFamily: 'var(--mono)', fontSize: '0.92em', color: 'var(--ink-2)' },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--syntax-keyword)' },
  {
    tag: [tags.string, tags.special(tags.string), tags.regexp, tags.inserted],
    color: 'var(--syntax-string)',
  },
  { tag: [tags.number, tags.bool, tags.null, tags.atom, tags.escape], color: 'var(--syntax-number)' },
  { tag: [tags.comment, tags.meta, tags.quote], color: 'var(--syntax-comment)' },
  {
    tag: [
      tags.function(tags.definition(tags.variableName)),
      tags.className,
      tags.typeName,
      tags.tagName,
      tags.definition(tags.typeName),
    ],
    color: 'var(--syntax-title)',
  },
  { tag: [tags.propertyName, tags.attributeName, tags.labelName], color: 'var(--syntax-attr)' },
  { tag: tags.heading, color: 'var(--syntax-keyword)', fontWeight: '600' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: tags.strong, fontWeight: '700' },
  { tag: tags.strikethrough, textDecoration: 'line-through' },
  { tag: [tags.link, tags.url], color: 'var(--syntax-title)' },
  { tag: tags.monospace, color: 'var(--syntax-string)' },
  { tag: [tags.deleted, tags.invalid], color: 'var(--bad)' },
]);

export const looks: Extension = [frame, panels, syntaxHighlighting(colours)];
