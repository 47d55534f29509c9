import {
  useId,
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
} from 'react';

interface Around {
  label: string;
  hint?: ReactNode;
  problem?: string | null;
}

function useField({ hint, problem }: Around) {
  const id = useId();
  const described = [hint ? `${id}-hint` : '', problem ? `${id}-problem` : ''].filter(Boolean).join(' ');
  return {
    id,
    attributes: {
      id,
      'aria-describedby': described || undefined,
      'aria-invalid': problem ? true : undefined,
    },
  };
}

function Frame({ id, label, hint, problem, children }: Around & { id: string; children: ReactNode }) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children}
      {hint ? (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      ) : null}
      {problem ? (
        <p className="problem" id={`${id}-problem`}>
          {problem}
        </p>
      ) : null}
    </div>
  );
}

export function TextField({
  label,
  hint,
  problem,
  className,
  ...rest
}: Around & InputHTMLAttributes<HTMLInputElement>) {
  const { id, attributes } = useField({ label, hint, problem });
  return (
    <Frame id={id} label={label} hint={hint} problem={problem}>
      <input {...rest} {...attributes} className={['input', className].filter(Boolean).join(' ')} />
    </Frame>
  );
}

export function TextArea({
  label,
  hint,
  problem,
  ...rest
}: Around & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const { id, attributes } = useField({ label, hint, problem });
  return (
    <Frame id={id} label={label} hint={hint} problem={problem}>
      <textarea {...rest} {...attributes} className="input" />
    </Frame>
  );
}

export function SelectField({
  label,
  hint,
  problem,
  children,
  ...rest
}: Around & SelectHTMLAttributes<HTMLSelectElement>) {
  const { id, attributes } = useField({ label, hint, problem });
  return (
    <Frame id={id} label={label} hint={hint} problem={problem}>
      <select {...rest} {...attributes} className="input">
        {children}
      </select>
    </Frame>
  );
}

/** Narrows down what is below it, while somebody types. */
export function SearchField({
  label,
  placeholder = label,
  className,
  value,
  onChange,
}: {
  label: string;
  placeholder?: string;
  className?: string;
  value: string;
  onChange: (text: string) => void;
}) {
  return (
    <input
      className={['input', className].filter(Boolean).join(' ')}
      type="search"
      aria-label={label}
      placeholder={placeholder}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

export function CheckField({
  label,
  hint,
  ...rest
}: { label: ReactNode; hint?: ReactNode } & Omit<InputHTMLAttributes<HTMLInputElement>, 'type'>) {
  const id = useId();
  return (
    <div className="check">
      <input {...rest} id={id} type={'checkbox'} aria-describedby={hint ? `${id}-hint` : undefined} />
      <div>
        <label htmlFor={id}>{label}</label>
        {hint ? (
          <p className="muted small" id={`${id}-hint`}>
            {hint}
          </p>
        ) : null}
      </div>
    </div>
  );
}
