/** Finds an editor in its shadow tree, and writes into it as its own commands do: there is no layout to type into. */
import { EditorView } from '@codemirror/view';
import { act, waitFor } from '@testing-library/react';

export async function editorCalled(label: string): Promise<EditorView> {
  return waitFor(() => {
    for (const host of document.querySelectorAll('.code-editor')) {
      const content = host.shadowRoot?.querySelector<HTMLElement>(`[aria-label="${label}"]`);
      const view = content ? EditorView.findFromDOM(content) : null;
      if (view) return view;
    }
    throw new Error(`There is no editor called ${label}`);
  });
}

export function writeAtEnd(view: EditorView, text: string): void {
  act(() => view.dispatch({ changes: { from: view.state.doc.length, insert: text } }));
}
