import { describe, expect, it } from 'vitest';
import { troubleStarting, Worker } from '../../../../src/load/fleet/worker.ts';
import { here } from '../../../../src/platform/exec.ts';

describe('Worker', () => {
  it('takes the messages of a process that is killed while it writes one, and says how it ended', async () => {
    const said: unknown[] = [];
    const script = `echo '{"type":"ready"}'; printf '{"type":"tick","loads":['; kill -KILL $$`;
    const worker = new Worker(here, 'processes/agent', (message) => said.push(message), ['sh', '-c', script]);
    expect(await worker.lost).toMatch(/^processes\/agent on host \(pid \d+\) ended with SIGKILL$/);
    expect(said).toEqual([{ type: 'ready' }]);
  });
});

describe('processes that do not get ready', () => {
  const never = new Promise<never>(() => {});

  it('are not waited for for ever', async () => {
    expect(await troubleStarting(never, never, 0.01)).toBe('not ready after 0.01 s');
    expect(await troubleStarting(never, Promise.resolve('exit code 1'))).toBe('exit code 1');
    expect(await troubleStarting(Promise.resolve(undefined), never)).toBeUndefined();
  });
});
