import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Summary } from '../../../src/model/result/summary.ts';
import { CLI, ctload, readSummary, start, temporaryFolder, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

const NODES_OWN = ['env', 'CTLOAD_SOCKETS=node', process.execPath, CLI];

it("doctor says when floods get Node's own sockets only", async () => {
  expect((await ctload('doctor')).stdout).toMatch(/^ok {2}sockets +bare libuv handles$/m);
  expect((await start(['doctor'], NODES_OWN).ended).stdout).toMatch(/^no {2}sockets +Node's own: .*\n +→ /m);
});

it.each(['smoke', 'dns', 'half-open'])("%s comes out the same with Node's own sockets", skipFor(unfit), async (name) => {
  const folder = temporaryFolder();
  const verdictOf = async (argv: readonly string[], run: string) => {
    const output = join(folder, run);
    const { code, stderr } = await start(['run', name, '--quiet', '--output', output], argv).ended;
    expect(code, stderr).toBe(0);
    return readSummary(output);
  };
  const [bare, own] = [await verdictOf([process.execPath, CLI], 'bare'), await verdictOf(NODES_OWN, 'own')];
  expect([own.verdict.kind, own.verdict.cause]).toEqual([bare.verdict.kind, bare.verdict.cause]);
  const attempts = (summary: Summary) => Object.entries(summary.floods).map(([flood, { attempted }]) => [flood, attempted]);
  expect(attempts(own)).toEqual(attempts(bare));
});
