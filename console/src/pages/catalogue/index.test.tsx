import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { admin, hub, info, show } from '@/pages/testing';
import { Component as Catalogue } from '.';

it('shows every filter of the address and takes each back', async () => {
  const log = hub({
    ...admin,
    '/api/models': [info],
    '/api/models-tags-by-type': {
      library: [{ id: 'diffusers', label: 'diffusers', type: 'library', count: 1 }],
    },
  });
  show(<Catalogue />, '/models', '/models?library=diffusers&durability=local&author=alice');
  const asked = () => log.filter(({ path }) => path === '/api/models').at(-1)?.query;
  await screen.findByRole('link', { name: /tiny/ });
  expect([asked()?.get('durability'), asked()?.get('author')]).toEqual(['local', 'alice']);
  expect(screen.getByRole('button', { name: 'Filters (2)' })).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Remove the filter Not yet on Sia' }));
  await vi.waitFor(() => expect(asked()?.get('durability')).toBeNull());
  await userEvent.click(screen.getByRole('button', { name: 'Remove the filter by alice' }));
  await vi.waitFor(() => expect(asked()?.get('author')).toBeNull());
  await userEvent.click(screen.getByRole('button', { name: 'Remove the filter diffusers' }));
  await vi.waitFor(() => expect(asked()?.getAll('filter')).toEqual([]));
  expect(screen.queryByRole('button', { name: /^Remove/ })).toBeNull();
});
