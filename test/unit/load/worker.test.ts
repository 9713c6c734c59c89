import { describe, expect, it } from 'vitest';
import { Worker } from '../../../src/load/worker.ts';
import { here } from '../../../src/platform/exec.ts';

describe('Worker', () => {
  it('takes the messages of a process that is killed while it writes one, and says how it ended', async () => {
    const said: unknown[] = [];
    const script = `echo '{"type":"ready"}'; printf '{"type":"tick","loads":['; kill -KILL $$`;
    const worker = new Worker(here, 'load/agent', (message) => said.push(message), ['sh', '-c', script]);
    expect(await worker.lost).toMatch(/^load\/agent on host \(pid \d+\) ended with SIGKILL$/);
    expect(said).toEqual([{ type: 'ready' }]);
  });
});
