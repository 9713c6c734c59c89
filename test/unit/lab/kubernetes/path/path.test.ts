import { expect, it } from 'vitest';
import { nodesOnPath, pathText } from '../../../../../src/lab/kubernetes/path/path.ts';

const textOf = (placement: Parameters<typeof nodesOnPath>[0]) => pathText(nodesOnPath(placement));

it('crosses the node of the clients, that of the node port, and that of the backend, each once', () => {
  expect(textOf({ clients: ['a'], backend: 'a' })).toBe('a (client, backend)');
  expect(textOf({ clients: ['a'], backend: 'b' })).toBe('a (client), b (backend)');
  expect(textOf({ clients: ['a'], portNode: 'b', backend: 'b' })).toBe('a (client), b (node port, backend)');
  expect(textOf({ clients: ['a'], portNode: 'c', backend: 'b' })).toBe('a (client), c (node port), b (backend)');
  expect(textOf({ clients: ['a', 'b', 'a'], portNode: 'a', backend: 'b' })).toBe('a (2 clients, node port), b (client, backend)');
});
