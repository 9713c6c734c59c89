import { expect, it } from 'vitest';
import { clusterFlags } from '../../../../src/commands/plan/cluster-flags.ts';
import { wholeProgram } from '../../../fixtures/program.ts';

/** What the flags of `ctload plan` name. */
async function flagsOf(...words: readonly string[]) {
  const program = await wholeProgram();
  const plan = program.commands.find((one) => one.name() === 'plan') ?? expect.fail('no plan');
  let found: unknown;
  plan.action(() => {
    found = clusterFlags(plan, plan.opts());
  });
  await program.parseAsync(['plan', ...words], { from: 'user' });
  return found;
}

it('names a cluster, with any load', async () => {
  expect(await flagsOf('--here')).toBeUndefined();
  expect(await flagsOf('--kube-context', 'lab', '--rate', '100', '--kube-proxy-version', '1.29', '--headroom', '0.1')).toEqual({
    context: 'lab',
    image: undefined,
  });
  expect(await flagsOf('--kube-context', 'lab', '--image', 'lab:1')).toEqual({ context: 'lab', image: 'lab:1' });
});

it('refuses flags that make no sense with it, all in one message', async () => {
  await expect(
    flagsOf('--kube-context', 'lab', '--here', '--cores', '4', '--write', 'k3s', '--bits', '64'),
  ).rejects.toMatchObject({
    message: '--cores, --bits, --here, --write make no sense with --kube-context',
    exitCode: 2,
  });
  await expect(flagsOf('--kube-context', 'lab', '--verify')).rejects.toThrow('--verify makes no sense');
  await expect(flagsOf('--here', '--image', 'lab:1')).rejects.toThrow('--image is of the pods');
});
