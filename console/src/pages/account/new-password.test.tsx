import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { NewPasswordFields, passwordProblems, useNewPassword } from './new-password';

vi.setConfig({ testTimeout: 60_000 });

function Form({ repeated }: { repeated: boolean }) {
  const chosen = useNewPassword({ repeated });
  return (
    <form>
      <NewPasswordFields of={chosen} />
      <button disabled={!chosen.ready}>Go</button>
    </form>
  );
}

it('tells what will not do before it is sent', () => {
  expect(passwordProblems({ password: 'short', again: '' }).password).toMatch(/10/);
  expect(passwordProblems({ password: 'long enough', again: 'long enouhg' }).again).toMatch(/same/);
  expect(passwordProblems({ password: 'long enough', again: 'long enough' })).toEqual({
    password: null,
    again: null,
  });
});

it('is ready when both are the same and long enough', async () => {
  render(<Form repeated />);
  const user = userEvent.setup();
  await user.type(screen.getByLabelText('Password'), 'too short');
  expect(screen.queryByText('At least 10 characters.')).toBeNull();
  await user.tab();
  expect(screen.getByText('At least 10 characters.')).toBeVisible();
  await user.type(screen.getByLabelText('Password'), ', no more');
  await user.type(screen.getByLabelText('The same again'), 'another');
  expect(screen.getByText('The two are not the same.')).toBeVisible();
  expect(screen.getByRole('button', { name: 'Go' })).toBeDisabled();
  await user.clear(screen.getByLabelText('The same again'));
  await user.type(screen.getByLabelText('The same again'), 'too short, no more');
  expect(screen.getByRole('button', { name: 'Go' })).toBeEnabled();
});

it('shows what is typed when asked to', async () => {
  render(<Form repeated={false} />);
  expect(screen.queryByLabelText('The same again')).toBeNull();
  expect(screen.getByLabelText('Password')).toHaveAttribute('type', 'password');
  await userEvent.click(screen.getByLabelText('Show what I type'));
  expect(screen.getByLabelText('Password')).toHaveAttribute('type', 'text');
});
