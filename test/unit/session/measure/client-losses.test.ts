import { expect, it, vi } from 'vitest';
import { ClientLosses } from '../../../../src/session/measure/client-losses.ts';

it('names a client that is lost once, and what all its agents had carried', () => {
  vi.useFakeTimers();
  const record = vi.fn();
  const losses = new ClientLosses(() => 4.2, record);
  const loss = { sentence: 'agent on client-2 ended: the pod ended', attempted: 10, allAttempted: 60, open: 3 };
  losses.add({ host: 'client-2', ...loss });
  losses.add({ host: 'client-2', ...loss, attempted: 12 });
  losses.add({ host: 'client-3', ...loss });
  vi.advanceTimersByTime(1000);
  vi.useRealTimers();
  expect(record.mock.calls.map(([event]) => [event.name, event.t, event.detail])).toEqual([
    [
      'client-lost',
      4.2,
      expect.stringMatching(/^client-2, 4.20? s into the load .*started 22 of the 60 attempts so far and held 6 conn/),
    ],
    ['client-lost', 4.2, expect.stringMatching(/^client-3, .*started 10 of the 60 attempts so far and held 3 conn/)],
  ]);
});

it('names one that is lost just before the end of the run, once', () => {
  vi.useFakeTimers();
  const record = vi.fn();
  const losses = new ClientLosses(() => 4.2, record);
  losses.add({ host: 'client-2', sentence: 'the pod ended', attempted: 10, allAttempted: 60, open: 3 });
  losses.finish();
  expect(record.mock.calls.map(([event]) => [event.name, event.t])).toEqual([['client-lost', 4.2]]);
  vi.advanceTimersByTime(1000);
  vi.useRealTimers();
  expect(record).toHaveBeenCalledTimes(1);
});
