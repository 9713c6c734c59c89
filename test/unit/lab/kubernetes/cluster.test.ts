import { ApiException } from '@kubernetes/client-node';
import { expect, it } from 'vitest';
import { answered, reasonOf, unlessGone } from '../../../../src/lab/kubernetes/cluster.ts';

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
