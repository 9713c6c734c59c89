import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { anyListens, withoutListener } from '../../../../src/load/servers/listeners.ts';

it('finds the sockets that listen here', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const tables = readFileSync('/proc/self/net/tcp', 'utf8');
  const there = { address: '127.0.0.1', port };
  const elsewhere = { address: '127.0.0.2', port };
  expect(withoutListener([there, elsewhere], tables)).toEqual([elsewhere]);
  server.close();
});

it('takes one that listens on every address for all of them, and no other state', () => {
  const line = (address: string, state: string) => `   0: ${address}:0050 00000000:0000 ${state} 00000000:00000000 00:00000000`;
  const wanted = [{ address: '198.18.1.2', port: 80 }];
  expect(withoutListener(wanted, line('00000000', '0A'))).toEqual([]);
  expect(withoutListener(wanted, line('00000000000000000000000000000000', '0A'))).toEqual([]);
  expect(withoutListener(wanted, line('020112C6', '0A'))).toEqual([]);
  expect(withoutListener(wanted, line('020112C6', '01'))).toEqual(wanted);
  expect(['0A', '01'].map((state) => anyListens(line('0100007F', state)))).toEqual([true, false]);
});
