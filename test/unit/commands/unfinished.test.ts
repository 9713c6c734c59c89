import { expect, it } from 'vitest';
import { spawn } from '../../../src/platform/exec.ts';
import { bundled } from '../../fixtures/bundled.ts';

const module = await bundled('commands/unfinished.ts');
const script = (work: string) => `(await import('${module}')).neverEndUnfinished(${work});`;
const ended = (work: string) => spawn([process.execPath, '--input-type=module', '-e', script(work)]).exited;

it('a process whose work can no longer settle does not end with exit code 0', async () => {
  const lost = /^internal error.*\nhint: .*ctload clean\n$/;
  expect(await ended('new Promise(() => {})')).toMatchObject({ code: 1, stderr: expect.stringMatching(lost) });
  expect(await ended('new Promise(() => { process.exitCode = 99; })')).toMatchObject({ code: 99 });
  expect(await ended('Promise.resolve()')).toMatchObject({ code: 0, stderr: '' });
});
