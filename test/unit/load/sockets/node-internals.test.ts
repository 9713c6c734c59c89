import { afterEach, expect, it, vi } from 'vitest';
import { nodeInternals } from '../../../../src/load/sockets/node-internals.ts';

const process_ = process as unknown as { binding?: (name: string) => object };
const { binding } = process_;

afterEach(() => {
  vi.unstubAllEnvs();
  if (binding !== undefined) process_.binding = binding;
});

it('has what floods use, on every Node that the tests run on', () => {
  expect(nodeInternals('tcp_wrap', 'stream_wrap')).toMatchObject({ TCP: expect.any(Function), WriteWrap: expect.any(Function) });
  expect(nodeInternals('udp_wrap')).toMatchObject({ UDP: expect.any(Function), SendWrap: expect.any(Function) });
});

it.each([
  ['a Node without it', () => delete process_.binding],
  [
    'a Node that refuses it',
    () =>
      Object.assign(process_, {
        binding: () => {
          throw new Error('No such binding');
        },
      }),
  ],
  ['CTLOAD_SOCKETS=node', () => vi.stubEnv('CTLOAD_SOCKETS', 'node')],
])('has none with %s', (_, prepare) => {
  prepare();
  expect(nodeInternals('tcp_wrap')).toBeUndefined();
});
