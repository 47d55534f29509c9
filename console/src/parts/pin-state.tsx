import type { PinState } from '@/api/operation';
import { Chip, type Tone } from '@/ui';

const words: Record<PinState, { text: string; tone?: Tone; title: string }> = {
  pinned: {
    text: 'on Sia',
    tone: 'good',
    title: 'Spread over storage hosts; no single disk is needed any more',
  },
  uploading: { text: 'uploading', tone: 'info', title: 'On its way to the storage hosts' },
  packing: { text: 'packing', tone: 'info', title: 'Put together with others into one slab' },
  stored: { text: 'waiting', tone: 'warn', title: 'On this hub’s disk, waiting for its turn to go to Sia' },
  local: { text: 'on disk', title: 'On this hub’s disk alone; the hub was not asked to put it on Sia' },
};

export function PinChip({ state }: { state: PinState }) {
  const { text, tone, title } = words[state];
  return (
    <Chip {...(tone ? { tone } : {})} title={title}>
      {text}
    </Chip>
  );
}

export const pinStates: readonly PinState[] = ['pinned', 'uploading', 'packing', 'stored', 'local'];
export const pinWord = (state: PinState): string => words[state].text;
