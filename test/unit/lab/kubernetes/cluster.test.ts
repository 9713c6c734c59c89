import { ApiException } from '@kubernetes/client-node';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { answered, insist, reasonOf, unlessGone } from '../../../../src/lab/kubernetes/cluster.ts';

const REFUSED = 'pods "client" is forbidden: exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2';
const refused = new ApiException(403, 'Forbidden', JSON.stringify({ kind: 'Status', message: REFUSED, code: 403 }), {});
const gone = new ApiException(404, 'Not Found', { kind: 'Status', message: 'namespaces "x" not found' }, {});

it('passes on what the API server says, and nothing around it', async () => {
  expect(reasonOf(refused)).toBe(REFUSED);
  expect(reasonOf(gone)).toBe('namespaces "x" not found');
  expect(reasonOf(Object.assign(new Error('request failed'), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED');
  expect(reasonOf(new Error('self-signed certificate\nmore'))).toBe('self-signed certificate');
  await expect(answered('cannot make the pod', Promise.reject(refused))).rejects.toThrow(`cannot make the pod: ${REFUSED}`);
});

it('takes what is gone for gone, and nothing else', async () => {
  expect(await unlessGone(Promise.reject(gone))).toBeUndefined();
  await expect(unlessGone(Promise.reject(refused))).rejects.toBe(refused);
});

describe('an API server that is away', () => {
  const away = Object.assign(new Error('request failed'), { code: 'ECONNREFUSED' });
  const starting = new ApiException(503, 'Service Unavailable', {}, {});
  const answers = (...all: readonly unknown[]) => {
    const left = [...all];
    return () => {
      const next = left.shift();
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    };
  };

  it('is asked again until it answers, also while it does not know yet who may do what', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const said: string[] = [];
    const patience = { seconds: 60, onAway: (why: string) => void said.push(why) };
    const answered = insist(answers(away, starting, refused, 'deleted'), patience);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await answered).toBe('deleted');
    expect(said).toEqual(['ECONNREFUSED']);
  });

  it('is believed what it says, and given up when it does not come back', async () => {
    await expect(insist(answers(refused, 'deleted'), { seconds: 60 })).rejects.toBe(refused);
    await expect(insist(() => Promise.reject(away), { seconds: 0 })).rejects.toMatchObject({
      message: 'the API server does not come back (ECONNREFUSED)',
      exitCode: 101,
    });
    await expect(insist(() => new Promise(() => {}), { seconds: 0 })).rejects.toThrow('does not come back (no answer)');
  });
});
