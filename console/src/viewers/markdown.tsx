import { Markdown } from '@/markdown';
import { Tabs } from '@/ui';
import { readText, Source } from './code';
import { Read, useRead } from './parts';
import type { ViewerProps } from './index';

export default function MarkdownViewer(props: ViewerProps) {
  const { file } = props;
  const query = useRead(file, 'text', (signal) => readText(props, signal));
  const folder = file.path.slice(0, Math.max(0, file.path.lastIndexOf('/')));
  return (
    <Read file={file} query={query}>
      {(text) => (
        <Tabs
          label="How to show the file"
          tabs={[
            {
              id: 'preview',
              label: 'Preview',
              content: (
                <div className="viewer-pad">
                  <Markdown
                    text={text ?? ''}
                    place={{ kind: file.kind, id: file.repo, revision: file.revision, folder }}
                  />
                </div>
              ),
            },
            { id: 'source', label: 'Source', content: <Source text={text ?? ''} path={file.path} /> },
          ]}
        />
      )}
    </Read>
  );
}
