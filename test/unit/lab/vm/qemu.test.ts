import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { qemuCommand } from '../../../../src/lab/vm/qemu.ts';
import { execute } from '../../../../src/platform/exec.ts';

const SPEC = { image: { kernel: '/k', initramfs: '/i' }, cpus: 2, memoryBytes: 1.5 * 2 ** 30, taps: true };
const flagValue = (argv: readonly string[], flag: string) => argv[argv.indexOf(flag) + 1];

describe('the command that is a guest', () => {
  it.each([
    ['kvm', 'kvm', 'host'],
    ['tcg', 'tcg,thread=single,tb-size=256', 'max'],
  ] as const)('runs its CPUs by %s', (accelerator, accel, cpu) => {
    const argv = qemuCommand({ ...SPEC, accelerator });
    expect([flagValue(argv, '-accel'), flagValue(argv, '-cpu'), flagValue(argv, '-smp'), flagValue(argv, '-m')]).toEqual([
      accel,
      cpu,
      '2',
      '1536M',
    ]);
    expect([flagValue(argv, '-kernel'), flagValue(argv, '-initrd')]).toEqual(['/k', '/i']);
    expect(flagValue(argv, '-append')?.includes('mitigations=off')).toBe(accelerator === 'tcg');
  });

  it('has the CPUs before others, also where they are shared between sessions', async () => {
    const argv = qemuCommand({ ...SPEC, accelerator: 'tcg' });
    const start = argv.slice(0, argv.indexOf('qemu-system-x86_64'));
    const shown = await execute([...start, 'sh', '-c', 'cat /proc/self/autogroup || :']);
    const permitted = process.getuid?.() === 0 ? -10 : 0;
    if (existsSync('/proc/self/autogroup')) expect(shown).toMatch(new RegExp(`^/autogroup-\\d+ nice ${permitted}$`));
  });

  it('ends with its owner, and has a tap for each side', () => {
    const argv = qemuCommand({ ...SPEC, accelerator: 'tcg' });
    expect(argv.join(' ')).toMatch(/^nice .* setpriv --pdeathsig KILL sh -c .*exec "\$@" 3>&2 sh qemu-system-x86_64 /);
    expect(argv.filter((arg) => arg.startsWith('tap,')).map((arg) => /ifname=(\w+)/.exec(arg)?.[1])).toEqual(['front', 'back']);
    expect(qemuCommand({ ...SPEC, accelerator: 'tcg', taps: false }).join(' ')).not.toMatch(/netdev|virtio-net/);
  });
});
