import { Markdown } from '@/markdown';
import { readNotebook, type NotebookCell, type NotebookOutput } from '@/formats/notebook';
import { plural } from '@/lib/format';
import { highlight } from './highlight';
import { Read, useRead } from './parts';
import { SafeHtml } from './safe-html';
import type { ViewedFile, ViewerProps } from './index';

export default function NotebookViewer({ file, reader }: ViewerProps) {
  const query = useRead(file, 'notebook', (signal) => readNotebook(reader, signal));
  return (
    <Read file={file} query={query}>
      {(notebook) => (
        <>
          <div className="viewer-bar muted small">
            {plural(notebook.cells.length, 'cell')} · {notebook.language}
          </div>
          <div className="notebook">
            {notebook.cells.map((cell, i) => (
              <Cell key={i} cell={cell} language={notebook.language} file={file} />
            ))}
          </div>
        </>
      )}
    </Read>
  );
}

function Cell({ cell, language, file }: { cell: NotebookCell; language: string; file: ViewedFile }) {
  if (cell.type === 'markdown')
    return (
      <div className="nb-cell">
        <span className="nb-gutter" />
        <Prose text={cell.source} file={file} pasted={cell.attachments} />
      </div>
    );
  return (
    <>
      <div className="nb-cell">
        <span className="nb-gutter muted mono">
          {cell.type === 'code' ? `[${cell.executionCount ?? ' '}]` : ''}
        </span>
        <Code text={cell.source} language={cell.type === 'code' ? language : 'plaintext'} />
      </div>
      {cell.outputs.map((output, i) => (
        <div className="nb-cell" key={i}>
          <span className="nb-gutter" />
          <div className="nb-output">
            <Output output={output} file={file} />
          </div>
        </div>
      ))}
    </>
  );
}

const noPictures: Readonly<Record<string, string>> = {};

const suffix: Readonly<Record<string, string>> = {
  python: 'py',
  javascript: 'js',
  typescript: 'ts',
  julia: 'jl',
  rust: 'rs',
};

function Code({ text, language }: { text: string; language: string }) {
  const lines = highlight(text, `cell.${suffix[language] ?? language}`);
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre className="nb-code" tabIndex={0} role="group" aria-label="Code">
      <code>
        {lines.map((line, i) => (
          <span key={i}>
            {line.map((token, j) => (
              <span key={j} className={token.className}>
                {token.text}
              </span>
            ))}
            {'\n'}
          </span>
        ))}
      </code>
    </pre>
  );
}

function Prose({
  text,
  file,
  pasted = noPictures,
}: {
  text: string;
  file: ViewedFile;
  pasted?: Readonly<Record<string, string>>;
}) {
  const folder = file.path.slice(0, Math.max(0, file.path.lastIndexOf('/')));
  return (
    <div className="grow">
      <Markdown
        text={text}
        place={{ kind: file.kind, id: file.repo, revision: file.revision, folder }}
        pasted={pasted}
      />
    </div>
  );
}

function Output({ output, file }: { output: NotebookOutput; file: ViewedFile }) {
  switch (output.kind) {
    case 'text':
      return <pre className={output.stream === 'stderr' ? 'nb-text error' : 'nb-text'}>{output.text}</pre>;
    case 'error':
      return <pre className="nb-text error">{output.text || output.name}</pre>;
    case 'image':
      return <img className="nb-image" src={output.source} alt={output.alt} />;
    case 'markdown':
      return <Prose text={output.text} file={file} />;
    case 'html':
      return <SafeHtml html={output.html} />;
    case 'unsupported':
      return <p className="muted small">An output of type {output.type} is not shown: it would run code.</p>;
  }
}
