import { useQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { api } from '@/api/client';
import type { RepoInfo } from '@/api/types';
import { kinds, plurals, repoUrl, type RepoRef } from '@/lib/urls';
import { useDebounced } from '@/lib/hooks';
import { KindIcon } from '@/ui';

const perKind = 5;

async function find(text: string, signal: AbortSignal): Promise<RepoRef[]> {
  const found = await Promise.all(
    kinds.map(async (kind) => {
      const query = { search: text, limit: perKind };
      const repos = await api<RepoInfo[]>(`/api/${plurals[kind]}`, { query, signal });
      return repos.map(({ id }) => ({ kind, id }));
    }),
  );
  return found.flat();
}

/** Search over all repositories: a combobox; "/" goes to it from anywhere. */
export function SearchBox() {
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const list = useId();
  const navigate = useNavigate();
  const wanted = useDebounced(text.trim(), 150);
  const { data } = useQuery({
    queryKey: ['search', wanted],
    queryFn: ({ signal }) => find(wanted, signal),
    enabled: open && wanted.length > 0,
    placeholderData: (before) => before,
  });
  const options = data ?? [];
  const shown = open && wanted.length > 0 && data !== undefined;

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing =
        event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]');
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);

  const go = (address: string) => {
    setOpen(false);
    setText('');
    setAt(-1);
    void navigate(address);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setAt((now) => (options.length === 0 ? -1 : (now + step + options.length) % options.length));
    } else if (event.key === 'Enter') {
      const option = shown ? options[at] : undefined;
      if (option) go(repoUrl(option));
      else if (text.trim()) go(`/models?search=${encodeURIComponent(text.trim())}`);
    } else if (event.key === 'Escape') {
      if (open && text) setOpen(false);
      else input.current?.blur();
    }
  };
  return (
    <div className="search" role="search">
      <Search aria-hidden="true" />
      <input
        ref={input}
        className="input"
        type="search"
        role="combobox"
        aria-label="Search models, datasets and spaces"
        aria-expanded={shown}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={shown && at >= 0 ? `${list}-${at}` : undefined}
        placeholder="Search"
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setOpen(true);
          setAt(-1);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      {text ? null : <kbd aria-hidden="true">/</kbd>}
      <div
        id={list}
        role="listbox"
        aria-label="Found"
        className={shown ? 'search-list' : 'hidden-visually'}
        // The list must not take the focus from the field: a press on it would close it.
        onMouseDown={(event) => event.preventDefault()}
        tabIndex={-1}
      >
        {shown
          ? options.map((option, i) => (
              // Enter on the field chooses; options are never focused themselves.
              // eslint-disable-next-line jsx-a11y/click-events-have-key-events
              <div
                key={`${option.kind} ${option.id}`}
                id={`${list}-${i}`}
                role="option"
                tabIndex={-1}
                aria-selected={i === at}
                className="search-option"
                onClick={() => go(repoUrl(option))}
                onMouseMove={() => setAt(i)}
              >
                <KindIcon kind={option.kind} />
                <span className="truncate">{option.id}</span>
              </div>
            ))
          : null}
        {shown && options.length === 0 ? (
          <div className="search-none">Nothing is called “{wanted}”.</div>
        ) : null}
      </div>
    </div>
  );
}
