import { InvalidArgumentError } from 'commander';
import { parseCount } from '../../model/units.ts';
import type { Declare } from '../declare.ts';
import { choice } from '../flag-values.ts';
import { seconds } from '../plan/plan-values.ts';
import type { FillTo } from './fill.ts';

const LONGEST = 86_400; // seconds
const KINDS = ['established', 'unreplied'];

interface FillFlags {
  readonly to: FillTo;
  readonly for: number;
  readonly netns?: string;
  readonly node?: string;
  readonly kubeContext?: string;
  readonly image?: string;
  readonly kind: string;
  readonly allowOutage: boolean;
  readonly quiet: boolean;
}

export const declare: Declare = (program, { exit }) => {
  program
    .command('fill')
    .description('rehearse a full table: put synthetic entries in an existing one for a while, with its limit as it is')
    .requiredOption('--to <share|entries>', 'fill it up to that, e.g. 85% of nf_conntrack_max, or 200k entries', fillTo)
    .requiredOption('--for <duration>', 'for how long, e.g. 10m; the entries end by then, whatever happens', duration)
    .option('--netns <name>', 'table of the network namespace of that name under /run/netns (default: the one ctload runs in)')
    .option('--node <name>', 'table of that node of a Kubernetes cluster, by a pod there')
    .option('--kube-context <name>', 'with --node: context of the kubeconfig (default: the current one)')
    .option('--image <name>', 'with --node: image of the pod, as ctload kubernetes image writes it')
    .addOption(
      choice('--kind <name>', 'established (early drop never evicts it) or unreplied (it may)', KINDS).default('established'),
    )
    .option('--allow-outage', 'fill more than 90 % of the table: new connections may fail', false)
    .option('-q, --quiet', 'no progress on stderr', false)
    .action(async (flags: FillFlags) => {
      const { fill } = await import('./fill.ts');
      exit(
        await fill({
          to: flags.to,
          seconds: flags.for,
          netns: flags.netns,
          node: flags.node,
          context: flags.kubeContext,
          image: flags.image,
          isReplied: flags.kind === 'established',
          allowOutage: flags.allowOutage,
          quiet: flags.quiet,
        }),
      );
    });
};

function fillTo(text: string): FillTo {
  const share = /^(\d+(?:\.\d+)?)\s*%$/.exec(text)?.[1];
  if (share !== undefined && Number(share) > 0 && Number(share) <= 100) return { share: Number(share) / 100 };
  const entries = share === undefined ? parseCount(text) : undefined;
  if (entries !== undefined && Number.isInteger(entries) && entries > 0) return { entries };
  throw new InvalidArgumentError('expected a share above 0 % and up to 100 %, such as 85%, or a number of entries, such as 200k');
}

function duration(text: string): number {
  const value = seconds(text);
  if (value < 1 || value > LONGEST) throw new InvalidArgumentError('expected a duration from 1s to 24h');
  return value;
}
