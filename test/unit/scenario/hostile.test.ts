import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadAnyScenario } from '../../../src/scenario/load.ts';
import { errorOf } from '../../fixtures/error-of.ts';

const CASES = fileURLToPath(new URL('../../fixtures/hostile/', import.meta.url));

describe('a hostile scenario gets one clear error', () => {
  it.each([
    ['desc.yaml', 'desc.yaml:3:14: description: may contain no control characters'],
    ['esc-key.yaml', 'esc-key.yaml:3:1: '],
    ['rawesc.yaml', 'rawesc.yaml:3:28: gateway.conntrack.max: '],
    ['kindobj.yaml', 'floods.a.kind: must be one of short, long, stale'],
    ['execobj.yaml', 'floods.a.executor: must be one of constant-arrival-rate'],
  ])('%s', (file, message) => {
    const error = errorOf(() => loadAnyScenario(join(CASES, file)));
    expect(error.message).toContain(message);
    expect(error.exitCode).toBe(104);
  });

  it.each([
    [
      { set: ['gateway.conntrack.max=*x'] },
      '--set gateway.conntrack.max=*x: gateway.conntrack.max: the value is not valid YAML: Unresolved alias',
    ],
    [{ environment: { CTLOAD_SET: 'a=*x' } }, 'CTLOAD_SET a=*x: a: the value is not valid YAML: Unresolved alias'],
    [{ set: ['a={[1]: 2}'] }, 'the value is not valid YAML'],
  ])('%j', (inputs, message) => {
    const error = errorOf(() => loadAnyScenario(join(CASES, '../../../scenarios/smoke.yaml'), inputs));
    expect(error.message).toContain(message);
    expect(error.exitCode).toBe(104);
  });

  it('thousands of floods', () => {
    const floods = Array.from({ length: 3000 }, (_, i) => `f${i}: {kind: short, executor: burst, connections: 1}`).join(', ');
    const folder = mkdtempSync(join(tmpdir(), 'ctload-hostile-'));
    const file = join(folder, 'many.yaml');
    writeFileSync(file, `version: 1\nname: x\ngateway: {conntrack: {max: 5}}\nfloods: {${floods}}\n`);
    expect(errorOf(() => loadAnyScenario(file)).message).toContain('floods: may have at most 200 floods');
    rmSync(folder, { recursive: true });
  });
});
