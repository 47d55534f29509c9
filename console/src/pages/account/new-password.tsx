import { useState } from 'react';
import { CheckField, TextField } from '@/ui';

export const shortestPassword = 10;
const rule = `At least ${shortestPassword} characters`;

interface Typed {
  password: string;
  again: string;
}
const nothing: Typed = { password: '', again: '' };

/** What is wrong with each of the two fields, in words. */
export function passwordProblems({ password, again }: Typed): {
  password: string | null;
  again: string | null;
} {
  return {
    password: password && password.length < shortestPassword ? `${rule}.` : null,
    again: again && password !== again ? 'The two are not the same.' : null,
  };
}

/** A password that somebody chooses. Render `NewPasswordFields` with what it gives. */
export function useNewPassword({ repeated = true }: { repeated?: boolean } = {}) {
  const [typed, setTyped] = useState(nothing);
  const { password, again } = typed;
  return {
    password,
    /** Whether the hub would take it. */
    ready: password.length >= shortestPassword && (!repeated || again === password),
    clear: () => setTyped(nothing),
    repeated,
    typed,
    setTyped,
  };
}

export function NewPasswordFields({
  of: { typed, setTyped, repeated },
  label = 'Password',
  note = '',
}: {
  of: ReturnType<typeof useNewPassword>;
  label?: string;
  /** What else happens, after the rule. */
  note?: string;
}) {
  const [shown, setShown] = useState(false);
  // Nobody is told that it is too short while typing the first letters.
  const [left, setLeft] = useState(false);
  const problems = passwordProblems(typed);
  const field = {
    type: shown ? 'text' : 'password',
    autoComplete: 'new-password',
    autoCapitalize: 'none',
    spellCheck: false,
    required: true,
  };
  return (
    <>
      <TextField
        {...field}
        label={label}
        minLength={shortestPassword}
        hint={note ? `${rule}. ${note}` : rule}
        problem={left ? problems.password : null}
        value={typed.password}
        onBlur={() => setLeft(true)}
        onChange={(event) => setTyped({ ...typed, password: event.target.value })}
      />
      {repeated ? (
        <TextField
          {...field}
          label="The same again"
          problem={problems.again}
          value={typed.again}
          onChange={(event) => setTyped({ ...typed, again: event.target.value })}
        />
      ) : null}
      <CheckField
        label="Show what I type"
        checked={shown}
        onChange={(event) => setShown(event.target.checked)}
      />
    </>
  );
}
