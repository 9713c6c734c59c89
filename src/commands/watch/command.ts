import { InvalidArgumentError } from 'commander';
import type { ListenAddress } from '../../session/watch/metrics-server.ts';
import type { Declare } from '../declare.ts';
import { seconds } from '../plan/plan-values.ts';

interface WatchFlags {
  readonly interval?: number;
  readonly duration?: number;
  readonly window?: number;
  readonly states: boolean;
  readonly listen?: ListenAddress | true;
  readonly json: boolean;
  readonly quiet: boolean;
}

const ADDRESS: ListenAddress = { host: '127.0.0.1', port: 9469 };
const SHORTEST = 0.1; // seconds
const LONGEST = 86_400;
/** A slope is of so many samples, unless a flag says otherwise. */
const SAMPLES = 60;

export const declare: Declare = (program, { environment, color, exit }) => {
  program
    .command('watch')
    .description('watch the conntrack tables of this machine: how full, how fast they fill, what they drop')
    .option('--interval <duration>', 'time between two samples (default: 1s)', duration)
    .option('--duration <duration>', 'end after that (default: at Ctrl-C)', duration)
    .option('--window <duration>', `time that the slope is of (default: ${SAMPLES} samples)`, duration)
    .option('--no-states', 'do not look at entries to count them by state: a look frees the expired ones that it meets')
    .option(
      '--listen [address:port]',
      `serve metrics for Prometheus at /metrics (default: ${ADDRESS.host}:${ADDRESS.port})`,
      address,
    )
    .option('--json', 'print a line of JSON for every sample', false)
    .option('-q, --quiet', 'print nothing; for --listen', false)
    .action(async ({ listen, interval = 1, window = SAMPLES * interval, ...flags }: WatchFlags) => {
      const { watch } = await import('./watch.ts');
      exit(
        await watch({
          ...flags,
          interval,
          window,
          duration: flags.duration,
          listen: listen === true ? ADDRESS : listen,
          color: color().stdout,
          term: environment['TERM'],
        }),
      );
    });
};

/** A duration, in seconds. */
function duration(text: string): number {
  const value = seconds(text);
  if (value < SHORTEST || value > LONGEST) throw new InvalidArgumentError('expected a duration from 100ms to 24h');
  return value;
}

/** `127.0.0.1:9469`, `[::1]:9469`; port 0 is any that is free. */
function address(text: string): ListenAddress {
  const [, ipv6, name = ipv6, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text) ?? [];
  if (name === undefined || Number(port) > 65_535) {
    throw new InvalidArgumentError('expected ADDRESS:PORT such as 127.0.0.1:9469 or [::1]:9469');
  }
  return { host: name, port: Number(port) };
}
