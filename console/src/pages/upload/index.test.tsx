import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { admin, hub, show } from '@/pages/testing';
import { Component as Upload } from '.';

describe('Upload', () => {
  beforeEach(() => {
    // Browsers have it; it is empty for what was not picked as a folder.
    Object.defineProperty(File.prototype, 'webkitRelativePath', { value: '', configurable: true });
  });

  class FakeWorker extends EventTarget {
    static last: FakeWorker | undefined;
    said: { type: string; job?: { title: string; files: { path: string }[]; csrf: string } }[] = [];
    constructor() {
      super();
      FakeWorker.last = this;
    }
    postMessage(message: (typeof this.said)[number]) {
      this.said.push(message);
    }
    terminate() {
      this.said.push({ type: 'terminated' });
    }
    tell(data: object) {
      this.dispatchEvent(new MessageEvent('message', { data }));
    }
  }
  const picked = () => screen.findByLabelText('Files to upload', { selector: 'input' });

  it('shows progress, pauses, resumes, and says what was really sent', async () => {
    vi.stubGlobal('Worker', FakeWorker);
    hub(admin);
    show(<Upload />, '/upload/:revision/*', '/upload/main/sub');
    await userEvent.upload(await picked(), [new File(['x'.repeat(1000)], 'a.bin'), new File(['y'], 'b.txt')]);
    expect(screen.getByText('sub/a.bin')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Leave out sub/b.txt' }));
    await userEvent.type(screen.getByLabelText('Commit message'), 'Add it');
    await userEvent.click(screen.getByRole('button', { name: 'Upload 1 file' }));
    const worker = FakeWorker.last;
    expect(worker?.said[0]).toMatchObject({
      type: 'start',
      job: { title: 'Add it', csrf: 'token', files: [{ path: 'sub/a.bin' }] },
    });
    worker?.tell({ type: 'phase', phase: 'uploading' });
    worker?.tell({ type: 'progress', path: 'sub/a.bin', state: 'uploading', progress: 0.5 });
    expect(await screen.findByRole('progressbar', { name: 'sub/a.bin, sending' })).toHaveAttribute(
      'value',
      '0.5',
    );
    await userEvent.click(screen.getByRole('button', { name: 'Pause' }));
    await userEvent.click(screen.getByRole('button', { name: 'Resume' }));
    expect(worker?.said.slice(1).map(({ type }) => type)).toEqual(['pause', 'resume']);
    worker?.tell({ type: 'sent', bytes: 300 });
    worker?.tell({ type: 'done', commit: 'e'.repeat(40) });
    expect(await screen.findByText(/300 B went over the network/)).toBeVisible();
    expect(screen.getByRole('link', { name: 'See the commit' })).toHaveAttribute(
      'href',
      `/alice/tiny/commit/${'e'.repeat(40)}`,
    );
  });

  it('tells what the hub refused, and can start again', async () => {
    vi.stubGlobal('Worker', FakeWorker);
    hub(admin);
    show(<Upload />, '/upload/:revision/*', '/upload/main');
    await userEvent.upload(await picked(), new File(['x'], 'a.txt'));
    await userEvent.click(screen.getByRole('button', { name: 'Upload 1 file' }));
    FakeWorker.last?.tell({ type: 'failed', message: 'There is no room left.', status: 507 });
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'There is no room left. Nothing was committed',
    );
    expect(screen.getByRole('button', { name: 'Start again' })).toBeEnabled();
  });

  it('explains that commits do not change', async () => {
    hub(admin);
    show(<Upload />, '/upload/:revision/*', `/upload/${'a'.repeat(40)}`);
    expect(await screen.findByText(/never changes/)).toBeVisible();
  });
});
