import { expect, it } from 'vitest';
import { createLab } from '../../../src/lab/create.ts';
import { parseScenario } from '../../../src/scenario/load.ts';

it('refuses what labs of a driver cannot have, before anything is built', async () => {
  const { gateway } = parseScenario(
    'version: 1\nname: x\ngateway: {conntrack: {max: 500}}\nfloods: {a: {kind: short, executor: burst, connections: 1}}\n',
    'x.yaml',
  ).scenario;
  const options = { runId: 'r1', gateway, log: { info: () => {}, warn: () => {} }, signal: new AbortController().signal };
  await expect(createLab('docker', { ...options, sources: true })).rejects.toMatchObject({
    message: 'floods with sources: not available with the docker driver, whose networks pass no other addresses',
    exitCode: 112,
  });
  await expect(createLab('docker', { ...options, echoes: true })).rejects.toMatchObject({
    message: expect.stringContaining('floods of kind icmp: not available with the docker driver yet'),
    exitCode: 112,
  });
  const rebuilt = { ...options, gateway: { ...gateway, dataplane: 'proxy' as const } };
  await expect(createLab('docker', rebuilt)).rejects.toMatchObject({ exitCode: 112 });
});
