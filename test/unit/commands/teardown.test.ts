import { describe, expect, it } from 'vitest';
import { teardownError } from '../../../src/commands/teardown.ts';
import { undoBuild } from '../../../src/lab/build.ts';
import { Cleanup } from '../../../src/platform/cleanup.ts';

describe('an incomplete teardown', () => {
  it('is told once, with what is left and what to do', async () => {
    const cleanup = new Cleanup();
    cleanup.defer('network namespaces', () => {
      throw new Error('ctload-1-client is busy');
    });
    const error = await undoBuild(cleanup).catch((thrown: unknown) => teardownError(thrown));
    expect(error).toMatchObject({
      exitCode: 101,
      message: 'teardown incomplete: network namespaces: ctload-1-client is busy',
      hint: expect.stringContaining('ctload clean'),
    });
  });

  it('is one, too, when it is another error that kept something', () => {
    expect(teardownError(new Error('EPERM'))).toMatchObject({ exitCode: 101, message: 'teardown incomplete: EPERM' });
  });
});
