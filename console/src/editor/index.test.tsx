import { language } from '@codemirror/language';
import { configure, fireEvent, render, waitFor } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import CodeEditor from '.';
import { editorCalled, writeAtEnd } from './testing';

// A grammar is compiled in the first test that has it, which takes its time.
configure({ asyncUtilTimeout: 50_000 });
vi.setConfig({ testTimeout: 60_000 });

async function show(path: string, initial: string) {
  const change = vi.fn<(text: string) => void>();
  const { rerender } = render(<CodeEditor label="Text" path={path} initial={initial} change={change} />);
  const again = (label: string, to: string) =>
    rerender(<CodeEditor label={label} path={to} initial={initial} change={change} />);
  return { view: await editorCalled('Text'), change, again };
}

it.each([
  ['those of Unix', 'a\nb\n'],
  ['those of Windows', 'a\r\nb\r\n'],
  ['both', 'a\r\nb\nc\r'],
  ['none', 'a'],
])('gives text back as it came, whose line ends are %s', async (_, text) => {
  const { view, change } = await show('a.txt', text);
  writeAtEnd(view, '!');
  expect(change).toHaveBeenLastCalledWith(`${text}!`);
});

it('colours by the type of the file, also when its name changes', async () => {
  const { view, again } = await show('a.py', 'def f(): pass');
  await waitFor(() => expect(view.state.facet(language)?.name).toBe('python'));
  again('Text', 'a.json');
  await waitFor(() => expect(view.state.facet(language)?.name).toBe('json'));
  again('Other text', 'a');
  await waitFor(() => expect(view.state.facet(language)).toBeNull());
  expect(view.contentDOM).toHaveAttribute('aria-label', 'Other text');
});

it('can be left by the keyboard, and says how', async () => {
  const { view } = await show('a.txt', 'a');
  const told = view.contentDOM.getAttribute('aria-describedby') ?? '';
  expect(view.dom.querySelector(`#${told}`)).toHaveTextContent(/press Esc and then Tab/);
  // What is prevented does not move the focus.
  const moves = (key: string, keyCode: number) => fireEvent.keyDown(view.contentDOM, { key, keyCode });
  expect(moves('Tab', 9)).toBe(false);
  expect(view.state.sliceDoc()).toBe('  a');
  moves('Escape', 27);
  expect(moves('Tab', 9)).toBe(true);
  expect(view.state.sliceDoc()).toBe('  a');
});

it('replaces what is selected by itself, which a browser would give a style', async () => {
  const { view, change } = await show('a.txt', 'old text');
  const letter = () =>
    new InputEvent('beforeinput', { inputType: 'insertText', data: 'n', bubbles: true, cancelable: true });
  expect(fireEvent(view.contentDOM, letter())).toBe(true);
  view.dispatch({ selection: { anchor: 0, head: 3 } });
  expect(fireEvent(view.contentDOM, letter())).toBe(false);
  expect(change).toHaveBeenLastCalledWith('n text');
  expect(view.state.selection.main.from).toBe(1);
});

it('keeps its styles out of the page, whose policy would refuse them', async () => {
  const before = document.head.querySelectorAll('style').length;
  const { view } = await show('a.txt', 'a');
  expect(view.root).toBeInstanceOf(ShadowRoot);
  expect(document.head.querySelectorAll('style')).toHaveLength(before);
});
