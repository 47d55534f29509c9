import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { admin, hub, info, showRoutes } from '@/pages/testing';
import { Component as Layout } from './layout';
import { Component as Settings } from './settings';

it('ends on the settings of the new name after a renaming, and goes nowhere else before', async () => {
  let id = 'alice/tiny';
  hub({
    ...admin,
    '/api/models/alice/tiny': () => ({ ...info, id }),
    '/api/models/alice/small': () => ({ ...info, id }),
    'POST /api/repos/move': () => {
      id = 'alice/small';
      return {};
    },
  });
  const router = showRoutes(
    [
      {
        path: ':ns/:name',
        handle: 'model',
        element: <Layout />,
        children: [
          { index: true, element: <p>The card</p> },
          { path: 'settings', element: <Settings /> },
        ],
      },
    ],
    '/alice/tiny/settings',
  );
  const places: string[] = [];
  router.subscribe(({ location }) => places.push(location.pathname));
  const name = await screen.findByLabelText('Name');
  await userEvent.clear(name);
  await userEvent.type(name, 'small');
  await userEvent.click(screen.getByRole('button', { name: 'Rename' }));
  expect(await screen.findByRole('heading', { name: /alice\s*\/\s*small/ })).toBeVisible();
  expect(await screen.findByLabelText('Name')).toHaveValue('small');
  expect(screen.getByText('It is called alice/small now. The old address leads here.')).toBeVisible();
  expect(new Set(places)).toEqual(new Set(['/alice/small/settings']));
});
