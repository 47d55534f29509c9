/** Below figures that are counted in the background on a large hub: of when they are. */
import { RelativeTime } from '@/ui';

export const CountedAt = ({ time }: { time: string }) => (
  <p className="muted small">
    Counted <RelativeTime time={time} />
  </p>
);
