import { type Command, Option } from 'commander';
import { DATAPLANE_NAMES, type Dataplane } from '../../model/input/dataplanes.ts';
import { timeoutMeant } from '../../model/input/timeouts.ts';
import { ASSUMED_KERNEL, type Bits } from '../../model/node/kernel.ts';
import { ASSUMED_KUBE_PROXY } from '../../model/node/kube-proxy.ts';
import { formatVersion, type Version } from '../../model/node/version.ts';
import { otherName } from '../../model/other-names.ts';
import { PLAN_TARGETS, type PlanTarget } from '../../model/result/plan/plan-targets.ts';
import type { GateRule } from '../../sizing/gate/requirement.ts';
import type { Declare } from '../declare.ts';
import { choice, collect } from '../flag-values.ts';
import { type MeantFlag, scenarioKey, suggestFlags } from '../meant-flags.ts';
import { type ScenarioFlags, scenarioFlags, scenarioInputs } from '../scenario-flags.ts';
import { clusterFlags } from './cluster-flags.ts';
import type { PlanOptions } from './plan.ts';
import { PLAN_FORMATS, type PlanFormat } from './plan-formats.ts';
import {
  amount,
  bits,
  HERE,
  list,
  memory,
  positive,
  requirement,
  seconds,
  share,
  target,
  timeout,
  version,
  versionOrNone,
  whole,
} from './plan-values.ts';

const LARGEST = 2 ** 31 - 1; // nf_conntrack_max and _buckets are ints

interface PlanFlags extends ScenarioFlags {
  readonly cores?: number;
  readonly memory?: number;
  readonly memTotal?: number;
  readonly kernel?: Version;
  readonly bits: Bits;
  readonly hashsize?: number;
  readonly kubeProxyVersion?: Version | 'none';
  readonly kubeProxyConfig?: string;
  readonly sysctl: readonly string[];
  readonly instanceType: readonly string[];
  readonly here: boolean;
  readonly kubeContext?: string;
  readonly image?: string;
  readonly table?: string;
  readonly earlierTable?: string;
  readonly tableInterval?: number;
  readonly staleAfter?: number;
  readonly top?: number;
  readonly anonymise: boolean;
  readonly rate?: number;
  readonly lifetime?: number;
  readonly websockets?: number;
  readonly udpStreams?: number;
  readonly destinations?: number;
  readonly entriesPerConnection?: number;
  readonly leakRate?: number;
  readonly closeWaitRate?: number;
  readonly dnsQps?: number;
  readonly keepaliveRequests: number;
  readonly peakFactor: number;
  readonly replicas: number;
  readonly dataplane?: Dataplane;
  readonly timeout: Readonly<Record<string, number>>;
  readonly headroom: number;
  readonly alertMinutes: number;
  readonly from?: string;
  readonly verify: boolean;
  readonly require: readonly GateRule[];
  readonly baseline?: string;
  readonly write: readonly PlanTarget[];
  readonly output?: string;
  readonly quiet: boolean;
  readonly format: PlanFormat;
  readonly json: boolean;
}

export const declare: Declare = (program, { argv, environment, color, exit }) => {
  const description = 'what limit a node has, what a load needs, and what to set; no lab needed';
  const command = scenarioFlags(program.command('plan [scenario]').description(description), argv);
  suggestFlags(command, argv, nodeFlag, scenarioKey)
    .optionsGroup('The node:')
    .option('--cores <n>', 'CPU cores of the node', whole({ min: 1, max: 4096 }))
    .option('--memory <size>', 'nominal memory of the machine, e.g. 8Gi', memory)
    .option('--mem-total <size>', 'MemTotal in its /proc/meminfo, e.g. 995612Ki', memory)
    .option('--kernel <version>', `kernel of the node (default: ${formatVersion(ASSUMED_KERNEL)})`, version)
    .addOption(new Option('--bits <n>', 'word size of the kernel').choices(['32', '64']).default(64, '64').argParser(bits))
    .option('--hashsize <n>', 'module parameter nf_conntrack.hashsize', whole({ min: 1, max: LARGEST }))
    .option(
      '--kube-proxy-version <version>',
      `release of kube-proxy, or none (default: ${formatVersion(ASSUMED_KUBE_PROXY)})`,
      versionOrNone,
    )
    .option('--kube-proxy-config <file>', 'its configuration, its ConfigMap, or a file with its flags; - for stdin')
    .option('--sysctl <file|key=value>', 'sysctl settings of the node: a sysctl.d file, or one setting (repeatable)', collect, [])
    .option('--instance-type <type,...>', 'EC2 instance types, e.g. m5.large,c5.xlarge', list, [])
    .option('--here', 'plan for this machine', false)
    .option(
      '--kube-context <name>',
      'plan for every node of the cluster of that context of the kubeconfig; pods there read the tables',
    )
    .option('--image <name>', 'with --kube-context: image of these pods, as ctload kubernetes image writes it')
    .optionsGroup('The load:')
    .option(
      '--table <file>',
      'listing of a conntrack table: conntrack -L, also as XML or gzip, or /proc/net/nf_conntrack; - for stdin, --here for this machine',
    )
    .option('--earlier-table <file>', 'listing of the same table from before, to see what grew')
    .option('--table-interval <duration>', 'time between the two listings', seconds)
    .option('--stale-after <duration>', 'idle for as long, an established connection counts as stale (default: 10m)', seconds)
    .option('--top <n>', 'services to name (default: 10)', whole({ min: 1, max: 1000 }))
    .option('--anonymise', 'name services instead of showing addresses of the listing', false)
    .option('--rate <n>', 'requests per second', amount)
    .option('--lifetime <duration>', 'how long a connection stays open, e.g. 500ms', seconds)
    .option('--websockets <n>', 'connections held open', whole({ min: 0 }))
    .option('--udp-streams <n>', 'UDP flows that go on, datagrams both ways: QUIC, RTP, VPN', whole({ min: 0 }))
    .option(
      '--destinations <n>',
      'addresses and ports that the load goes to, which decide how many source ports there are',
      whole({ min: 1 }),
    )
    .option('--leak-rate <n>', 'connections per second that end without FIN or RST', amount)
    .option('--close-wait-rate <n>', 'connections per second that one end closes and the other never does', amount)
    .option('--dns-qps <n>', 'DNS queries per second', amount)
    .option('--keepalive-requests <n>', 'requests each connection carries', whole({ min: 1 }), 1)
    .option('--peak-factor <n>', 'multiply all load by this factor at peak', positive, 1)
    .option('--replicas <n>', 'nodes that share the load evenly', whole({ min: 1 }), 1)
    .optionsGroup('How it is computed:')
    .addOption(
      choice('--dataplane <name>', "how the gateway forwards packets (default: the scenario's, else iptables)", DATAPLANE_NAMES),
    )
    .option(
      '--entries-per-connection <n>',
      'entries of a connection, where they are not those of the dataplane: zones of OVS, a sidecar',
      whole({ min: 1, max: 16 }),
    )
    .option('--timeout <name=duration>', 'conntrack timeout of the node, e.g. tcp_time_wait=30s (repeatable)', timeout, {})
    .option('--headroom <share>', 'share of the table to keep free', share, 0.3)
    .option('--alert-minutes <n>', 'minutes of warning an alert must give before the table is full', positive, 15)
    .option('--from <dir>', 'take entries per connection and gc delay (and the scenario, if none is given) from a run folder')
    .option('--verify', 'run the load, scaled down, on a real kernel and compare', false)
    .optionsGroup('What is required:')
    .option(
      '--require <metric><op><value>',
      "exit 99 unless it is so, e.g. 'utilization<0.8' or 'limit>=baseline' (repeatable)",
      requirement,
      [],
    )
    .option('--baseline <file>', 'plan in JSON that `baseline` in --require stands for; - for stdin')
    .optionsGroup('The results:')
    .option(
      '--write <target>',
      `add the files that set the limit there, or watch it: ${PLAN_TARGETS.join(', ')} (repeatable)`,
      target,
      [],
    )
    .option('-o, --output <dir>', 'also write the plan in every format and the files to paste there')
    .addOption(choice('--format <name>', 'what to print', PLAN_FORMATS).default('text'))
    .option('--json', 'the same as --format json', false)
    .option('-q, --quiet', 'no progress on stderr', false)
    .action(async (file: string | undefined, flags: PlanFlags, called: Command) => {
      const cluster = clusterFlags(called, flags);
      const options = { ...scenarioInputs(flags, environment), ...planOptions(flags), cluster, color: color() };
      const { plan } = await import('./plan.ts');
      exit(await plan(file, options, argv));
    });
};

/** What `run` takes from the scenario, `plan` takes from flags. */
const nodeFlag: MeantFlag = (name, value) => {
  const timeout = timeoutMeant(name);
  if (timeout !== undefined) return `--timeout ${timeout}=${value}`;
  const limit = otherName(name, ['max', 'buckets']);
  return limit === undefined ? undefined : `--sysctl net.netfilter.nf_conntrack_${limit}=${value}`;
};

/** The flags as the command takes them. */
function planOptions(flags: PlanFlags): Omit<PlanOptions, 'cluster' | 'color' | 'set' | 'variables'> {
  const { cores, kernel, hashsize, kubeProxyVersion, here, instanceType } = flags;
  return {
    node: {
      cores,
      memoryBytes: flags.memory,
      memTotalBytes: flags.memTotal,
      kernel,
      bits: flags.bits,
      hashsize,
      kubeProxyVersion,
      instanceTypes: instanceType,
      here: here || flags.table === HERE,
    },
    kubeProxyConfig: flags.kubeProxyConfig,
    sysctl: flags.sysctl,
    table: {
      file: flags.table,
      earlier: flags.earlierTable,
      intervalSeconds: flags.tableInterval,
      staleAfterSeconds: flags.staleAfter,
      top: flags.top,
      anonymise: flags.anonymise,
    },
    traffic: {
      rate: flags.rate,
      lifetimeSeconds: flags.lifetime,
      websockets: flags.websockets,
      udpStreams: flags.udpStreams,
      leakRate: flags.leakRate,
      closeWaitRate: flags.closeWaitRate,
      dnsQps: flags.dnsQps,
      keepaliveRequests: flags.keepaliveRequests,
    },
    peakFactor: flags.peakFactor,
    replicas: flags.replicas,
    dataplane: flags.dataplane,
    destinations: flags.destinations,
    entriesPerConnection: flags.entriesPerConnection,
    timeouts: flags.timeout,
    headroom: flags.headroom,
    alertMinutes: flags.alertMinutes,
    from: flags.from,
    verify: flags.verify,
    requirements: flags.require,
    baseline: flags.baseline,
    write: flags.write,
    output: flags.output,
    quiet: flags.quiet,
    format: flags.json ? 'json' : flags.format,
  };
}
