import { Argument } from 'commander';
import { usageError } from '../../platform/errors.ts';
import { stderrLog } from '../../platform/log.ts';
import type { Declare } from '../declare.ts';

interface KubernetesFlags {
  readonly output?: string;
  readonly name?: string;
  readonly allowWrites?: boolean;
  readonly existingNamespace?: boolean;
  readonly pullSecrets?: boolean;
}

export const declare: Declare = (program) => {
  program
    .command('kubernetes')
    .description(
      'what a cluster needs for --driver kubernetes and plan --kube-context: the image of the pods, or the rights as a ClusterRole (rbac)',
    )
    .addArgument(new Argument('<what>', 'what to write').choices(['image', 'rbac']))
    .option('-o, --output <file>', 'image: the archive to write, for docker load, ctr images import and kind load image-archive')
    .option('--name <image>', 'image: its name (default: ctload/lab with this version)')
    .option('--allow-writes', 'rbac: with the rights that lab.kubernetes.allowWrites needs')
    .option('--existing-namespace', 'rbac: with the rights that lab.kubernetes.namespace needs')
    .option('--pull-secrets', 'rbac: with the rights that lab.kubernetes.imagePullSecrets needs')
    .action(async (what: 'image' | 'rbac', { output, name, ...rights }: KubernetesFlags) => {
      if (what === 'rbac') {
        const { roleYaml } = await import('../../lab/kubernetes/rights.ts');
        const { allowWrites: writes = false, existingNamespace: namespace = false, pullSecrets: secrets = false } = rights;
        process.stdout.write(roleYaml({ writes, namespace, secrets }));
        return;
      }
      if (output === undefined) throw usageError('kubernetes image writes a file', 'name it: ctload kubernetes image -o lab.tar');
      const [{ IMAGE_NAME, writeImage }, { Interrupts }] = await Promise.all([
        import('../../lab/kubernetes/image.ts'),
        import('../../session/measure/interrupts.ts'),
      ]);
      using interrupts = new Interrupts();
      await writeImage(output, name ?? IMAGE_NAME, { log: stderrLog(false), signal: interrupts.graceful });
    });
};
