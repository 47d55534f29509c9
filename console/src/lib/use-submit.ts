import { useState } from 'react';
import { ApiError } from '@/api/client';

/** A form's way to the hub: busy while it is under way, and what went wrong in words. */
export function useSubmit(act: () => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      await act();
    } catch (problem) {
      setError(
        problem instanceof ApiError
          ? problem
          : new ApiError(0, '', problem instanceof Error ? problem.message : String(problem)),
      );
    } finally {
      setBusy(false);
    }
  };
  const onSubmit = (event: React.SyntheticEvent) => {
    event.preventDefault();
    if (!busy) void submit();
  };
  return { busy, error, submit, onSubmit };
}
