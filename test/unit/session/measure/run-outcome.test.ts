import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { waitForEnd } from '../../../../src/session/measure/run-outcome.ts';

const never = new Promise<never>(() => {});
const crossing = {
  name: 'threshold-crossed',
  detail: 'too many',
  threshold: { metric: 'conns', expression: 'count<1', observed: 2 },
} as const;

/** Everything that may end a load, and what was noted of it. */
function situation(given: Partial<Parameters<typeof waitForEnd>[1]> & { done?: Promise<never[]> } = {}) {
  const [graceful, immediate] = [new AbortController(), new AbortController()];
  const noted: string[] = [];
  let stopped = 0;
  const { done = never, ...endings } = given;
  const ending = waitForEnd(
    { done, stop: () => stopped++ },
    { interrupts: { graceful: graceful.signal, immediate: immediate.signal }, lost: never, reached: never, ...endings },
    (name, more) => noted.push([name, ...(more?.detail === undefined ? [] : [more.detail])].join(': ')),
  );
  const listeners = () => [graceful, immediate].flatMap(({ signal }) => getEventListeners(signal, 'abort'));
  return { ending, noted, graceful, immediate, stops: () => stopped, listeners };
}

it('ends with the load, and listens to no signal any more', async () => {
  const { ending, noted, listeners } = situation({ done: Promise.resolve([]) });
  expect(await ending).toEqual({ outcome: 'finished' });
  expect(noted).toEqual([]);
  expect(listeners()).toEqual([]);
});

it('a threshold stops the load, a signal too; the second signal does not wait for what is under way', async () => {
  const crossed = situation({ reached: Promise.resolve(crossing), done: new Promise((resolve) => setImmediate(resolve, [])) });
  expect(await crossed.ending).toEqual({ outcome: 'stopped' });
  expect([crossed.noted, crossed.stops()]).toEqual([['threshold-crossed: too many'], 1]);

  const { ending, noted, stops, graceful, immediate, listeners } = situation();
  graceful.abort();
  immediate.abort();
  expect(await ending).toEqual({ outcome: 'interrupted' });
  expect([noted, stops(), listeners()]).toEqual([['interrupted'], 1, []]);
});

it('a process that is lost fails the run', async () => {
  const { ending, noted, stops } = situation({ lost: Promise.resolve(['process-lost', 'agent 1']) });
  expect(await ending).toEqual({ outcome: 'failed', detail: 'agent 1' });
  expect([noted, stops()]).toEqual([['process-lost: agent 1'], 0]);
});

it('is not the end of the load when all processes that make it are lost at once', async () => {
  const lost = Promise.resolve()
    .then(() => {})
    .then(() => {})
    .then(() => ['process-lost', 'agent 1'] as const);
  const { ending, noted } = situation({ done: Promise.resolve([]), lost });
  expect(await ending).toEqual({ outcome: 'failed', detail: 'agent 1' });
  expect(noted).toEqual(['process-lost: agent 1']);
});

it('one that is lost after the load was stopped is noted, too: what it had under way is not known', async () => {
  let lose: (lost: ['process-lost', string]) => void = () => {};
  const lost = new Promise<['process-lost', string]>((resolve) => {
    lose = resolve;
  });
  const { ending, noted } = situation({ reached: Promise.resolve(crossing), lost });
  setImmediate(() => lose(['process-lost', 'agent 1']));
  expect(await ending).toEqual({ outcome: 'stopped' });
  expect(noted).toEqual(['threshold-crossed: too many', 'process-lost: agent 1']);
});
