import { X } from 'lucide-react';
import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react';
import { Button } from './button';

interface Toast {
  id: number;
  text: string;
  bad: boolean;
}
type Show = (text: string, bad?: boolean) => void;

const Context = createContext<Show>(() => undefined);
export const useToast = (): Show => use(Context);

const shownFor = 6000;
let last = 0;

export function Toasts({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const close = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const show = useCallback<Show>(
    (text, bad = false) => {
      const id = ++last;
      setToasts((all) => [...all, { id, text, bad }]);
      // What went wrong stays until it was read.
      if (!bad) setTimeout(() => close(id), shownFor);
    },
    [close],
  );
  const list = useMemo(
    () =>
      toasts.map((toast) => (
        <div key={toast.id} className={toast.bad ? 'toast bad' : 'toast'}>
          <span className="grow">{toast.text}</span>
          <Button tone="quiet" icon small aria-label="Dismiss" onClick={() => close(toast.id)}>
            <X />
          </Button>
        </div>
      )),
    [toasts, close],
  );
  return (
    <Context value={show}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {list}
      </div>
    </Context>
  );
}
