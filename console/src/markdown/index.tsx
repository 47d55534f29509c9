/**
 * A README as a page: GitHub's Markdown, highlighted code, mathematics, and the HTML that is harmless. Whatever
 * the text says, it is sanitised before anything of ours (links, colours, formulas) is added.
 */
import 'katex/dist/katex.min.css';
import '@/styles/syntax.css';
import './markdown.css';
import { ImageOff } from 'lucide-react';
import { useMemo, useReducer, type ComponentProps, type ReactNode } from 'react';
import ReactMarkdown, { defaultUrlTransform, type Components, type ExtraProps } from 'react-markdown';
import { Link } from 'react-router';
import rehypeHighlight from 'rehype-highlight';

import rehypeRaw from 'rehype-raw';
import rehypeSanitize from 'rehype-sanitize';
import rehypeSlug from 'rehype-slug';
import remarkGfm from 'remark-gfm';
import remarkMath from 'remark-math';
import { Button, CopyButton } from '@/ui';
import { Drawing } from './drawing';
import { admitted, encrypted, loadAgain, want, wanted } from './elsewhere';
import { withoutFrontMatter } from './front-matter';
import { rehypeFormulas, remarkDisplayFormulas } from './katex';
import { languages } from './languages';
import { foreignHost, rehypeRepoLinks, type Place } from './links';
import { PastedPicture, pastedName, type Pasted } from './pasted';
import { idPrefix, schema, schemaWithPasted } from './schema';

type Props<T extends keyof React.JSX.IntrinsicElements> = ComponentProps<T> & ExtraProps;

/** Files, and what the API answers, are not pages of the console. */
const servedByHub = /^\/(api|admin|oauth|gw)\/|\/(resolve|raw)\//;

function Anchor({ node: _, href = '', children, ...rest }: Props<'a'>) {
  if (href.startsWith('/') && !href.startsWith('//') && !servedByHub.test(href))
    return (
      <Link to={href} {...rest}>
        {children}
      </Link>
    );
  const outside = foreignHost(href, location.origin) !== null;
  return (
    <a href={href} {...rest} {...(outside ? { rel: 'noopener noreferrer nofollow ugc' } : {})}>
      {children}
    </a>
  );
}

function textOf(node: ReactNode): string {
  if (typeof node === 'string' || typeof node === 'number') return String(node);
  if (Array.isArray(node)) return node.map(textOf).join('');
  if (node && typeof node === 'object' && 'props' in node)
    return textOf((node.props as { children?: ReactNode }).children);
  return '';
}

function CodeBlock({ node: _, children, ...rest }: Props<'pre'>) {
  return (
    <div className="command">
      {/* Scrolls sideways, so the keyboard has to reach it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre {...rest} tabIndex={0} role="group" aria-label="Code">
        {children}
      </pre>
      <CopyButton text={textOf(children).replace(/\n$/, '')} label="Copy the code" />
    </div>
  );
}

const Table = ({ node: _, ...rest }: Props<'table'>) => (
  // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
  <div className="md-table" role="group" aria-label="Table" tabIndex={0}>
    <table {...rest} />
  </div>
);

/** The boxes of a task list: what the author has done, nothing to press. */
const Task = ({ node: _, type, checked, ...rest }: Props<'input'>) =>
  type === 'checkbox' ? (
    <input
      {...rest}
      type="checkbox"
      checked={checked === true}
      readOnly
      disabled
      aria-label={checked ? 'Done' : 'To do'}
    />
  ) : null;

const HeldBack = ({ alt, host }: { alt?: string; host: string }) => (
  <span className="md-held" title={`A picture on ${host}`}>
    <ImageOff size={13} aria-hidden="true" /> {alt?.trim() ? alt : host}
  </span>
);

function pictures(
  foreign: boolean,
  from: string,
  pasted: Pasted | undefined,
): Pick<Components, 'img' | 'video' | 'audio' | 'source'> {
  return {
    img: ({ node: _, src, alt, ...rest }) => {
      if (typeof src !== 'string' || src === '') return null;
      const name = pastedName(src);
      if (name !== null) return <PastedPicture name={name} alt={alt ?? ''} pasted={pasted ?? {}} {...rest} />;
      const host = foreignHost(src, from);
      if (host && !foreign) return <HeldBack host={host} {...(alt === undefined ? {} : { alt })} />;
      if (!host && /\/resolve\/.*\.svg$/i.test(src)) return <Drawing src={src} alt={alt ?? ''} {...rest} />;
      return (
        <img
          src={host ? encrypted(src) : src}
          alt={alt ?? ''}
          loading="lazy"
          {...(host ? { referrerPolicy: 'no-referrer' as const } : {})}
          {...rest}
        />
      );
    },
    // Moving pictures come from the repository or not at all.
    video: ({ node: _, src, poster: __, ...rest }) =>
      typeof src === 'string' && src !== '' && !foreignHost(src, from) ? (
        // eslint-disable-next-line jsx-a11y/media-has-caption
        <video src={src} controls preload="metadata" {...rest} />
      ) : null,
    audio: ({ node: _, src, ...rest }) =>
      typeof src === 'string' && src !== '' && !foreignHost(src, from) ? (
        // eslint-disable-next-line jsx-a11y/media-has-caption
        <audio src={src} controls preload="none" {...rest} />
      ) : null,
    source: () => null,
  };
}

const imageIn = /!\[[^\]]*\]\(\s*<?(https?:[^)\s>]+)|<img[^>]*\ssrc\s*=\s*["']?(https?:[^"'\s>]+)/gi;

/** The hosts that the text wants pictures from. */
export function foreignHosts(text: string, origin: string): string[] {
  const hosts = new Set<string>();
  for (const [, first, second] of text.matchAll(imageIn)) {
    const host = foreignHost(first ?? second ?? '', origin);
    if (host) hosts.add(host);
  }
  return [...hosts].sort();
}

/** Only a picture may be named attachment:…; it is looked up, and no such address gets into the page. */
const withPasted = (url: string, key: string, { tagName }: { tagName: string }) =>
  tagName === 'img' && key === 'src' && pastedName(url) !== null ? url : defaultUrlTransform(url);

export function Markdown({
  text,
  place,
  pasted,
  draft = false,
}: {
  text: string;
  place: Place;
  /** Pictures that came with the text. */
  pasted?: Pasted;
  /** Somebody is writing it, so the page must not be loaded again. */
  draft?: boolean;
}) {
  const [, lookAgain] = useReducer((count: number) => count + 1, 0);
  const foreign = admitted() && wanted(place);
  const showForeign = () => {
    want(place);
    if (admitted()) lookAgain();
    else loadAgain();
  };
  const body = useMemo(() => withoutFrontMatter(text), [text]);
  const hosts = useMemo(() => foreignHosts(body, location.origin), [body]);
  const { kind, id, revision, folder } = place;
  const rendered = useMemo(
    () => (
      <ReactMarkdown
        remarkPlugins={[remarkGfm, remarkMath, remarkDisplayFormulas]}
        // The sanitiser adds the prefix of ids; twice would break the links of footnotes.
        remarkRehypeOptions={{ clobberPrefix: '' }}
        rehypePlugins={[
          rehypeRaw,
          [rehypeSanitize, pasted ? schemaWithPasted : schema],
          [rehypeSlug, { prefix: idPrefix }],
          [rehypeRepoLinks, { kind, id, revision, folder }],
          rehypeFormulas,
          [rehypeHighlight, { languages, detect: false }],
        ]}
        urlTransform={pasted ? withPasted : defaultUrlTransform}
        components={{
          a: Anchor,
          pre: CodeBlock,
          table: Table,
          input: Task,
          ...pictures(foreign, location.origin, pasted),
        }}
      >
        {body}
      </ReactMarkdown>
    ),
    [body, kind, id, revision, folder, foreign, pasted],
  );
  return (
    <>
      {hosts.length > 0 && !foreign ? (
        <div className="md-foreign">
          <span>
            Pictures on {hosts.slice(0, 2).join(', ')}
            {hosts.length > 2 ? ` and ${hosts.length - 2} more` : ''} are not loaded.
          </span>
          {draft && !admitted() ? null : (
            <Button small onClick={showForeign}>
              Show them
            </Button>
          )}
        </div>
      ) : null}
      <div className="markdown">{rendered}</div>
    </>
  );
}
