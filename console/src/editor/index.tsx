/**
 * A text in CodeMirror. It lives in a shadow tree: there CodeMirror's styles are constructed style sheets, which the
 * Content-Security-Policy admits; in the page itself they would be a style element, which it does not.
 *
 * Tab indents, so that leaving by the keyboard takes Esc before it; the line below the text says so, and screen
 * readers read that line with the editor's name.
 */
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import {
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  showPanel,
} from '@codemirror/view';
import { useEffect, useEffectEvent, useRef } from 'react';
import { indentationOf, isProse, lineBreakOf, loaderOf } from './languages';
import { looks } from './looks';

export interface CodeEditorProps {
  label: string;
  /** Tells the language. */
  path: string;
  /** What it begins with; the text is the editor's own from then on. */
  initial: string;
  change: (text: string) => void;
}

const hintId = 'how-to-leave';

function hint(): { dom: HTMLElement } {
  const dom = document.createElement('p');
  dom.id = hintId;
  dom.className = 'cm-hint';
  const key = (name: string) => {
    const element = document.createElement('kbd');
    element.textContent = name;
    return element;
  };
  dom.append(key('Tab'), ' indents. To leave the editor by the keyboard, press ', key('Esc'), ' and then ');
  dom.append(key('Tab'), '.');
  return { dom };
}

/**
 * Typing over what is selected, done here: left to itself, Chromium gives the new letter the looks of the old ones by a
 * style attribute, which the policy refuses and reports.
 */
const typingOver = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    const { data, inputType } = event;
    if (inputType !== 'insertText' || data === null || view.composing) return false;
    if (view.state.selection.main.empty) return false;
    view.dispatch(view.state.replaceSelection(data), { userEvent: 'input.type', scrollIntoView: true });
    return true;
  },
});

const always: Extension = [
  lineNumbers(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  highlightSpecialChars(),
  highlightSelectionMatches(),
  history(),
  indentOnInput(),
  bracketMatching(),
  search({ top: true }),
  typingOver,
  keymap.of([indentWithTab, ...defaultKeymap, ...historyKeymap, ...searchKeymap]),
  showPanel.of(hint),
  looks,
];

const named = (label: string): Extension =>
  EditorView.contentAttributes.of({ 'aria-label': label, 'aria-describedby': hintId });

const wrapped = (path: string): Extension => (isProse(path) ? EditorView.lineWrapping : []);

interface Parts {
  name: Compartment;
  language: Compartment;
  wrapping: Compartment;
}

export default function CodeEditor({ label, path, initial, change }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const shown = useRef<{ view: EditorView; parts: Parts }>(null);
  const changed = useEffectEvent(change);
  const begin = useEffectEvent((parent: ShadowRoot) => {
    const parts = { name: new Compartment(), language: new Compartment(), wrapping: new Compartment() };
    const view = new EditorView({
      parent,
      state: EditorState.create({
        doc: initial,
        extensions: [
          always,
          EditorState.lineSeparator.of(lineBreakOf(initial)),
          indentUnit.of(indentationOf(initial, path)),
          parts.name.of(named(label)),
          parts.language.of([]),
          parts.wrapping.of(wrapped(path)),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(update.state.sliceDoc());
          }),
        ],
      }),
    });
    return { view, parts };
  });
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const begun = begin(element.shadowRoot ?? element.attachShadow({ mode: 'open' }));
    shown.current = begun;
    return () => {
      shown.current = null;
      begun.view.destroy();
    };
  }, []);
  useEffect(() => {
    const { view, parts } = shown.current ?? {};
    if (!view || !parts) return;
    view.dispatch({
      effects: [parts.name.reconfigure(named(label)), parts.wrapping.reconfigure(wrapped(path))],
    });
  }, [label, path]);
  useEffect(() => {
    const { view, parts } = shown.current ?? {};
    if (!view || !parts) return;
    let late = false;
    const use = (language: Extension) => {
      if (!late) view.dispatch({ effects: parts.language.reconfigure(language) });
    };
    // Without its grammar a text can be edited as well: a chunk that does not come is no reason to stop.
    loaderOf(path)?.().then(use, () => use([]));
    if (!loaderOf(path)) use([]);
    return () => {
      late = true;
    };
  }, [path]);
  return <div ref={host} className="code-editor" />;
}
