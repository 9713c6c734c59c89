import type { Route } from '../../../model/input/lab.ts';
import { type ProxyProgram, type ProxyProgramName, type ProxySpec, proxyProgramOf } from '../../../model/input/proxy.ts';
import { CtloadError, messageOf } from '../../../platform/errors.ts';
import { CommandError, execute, type Host } from '../../../platform/exec.ts';
import { ExitCode } from '../../../platform/exit-codes.ts';
import { findTool } from '../../../platform/tools.ts';
import { haproxy } from './haproxy.ts';
import { nginx } from './nginx.ts';
import { type FilledConfig, withAddresses } from './own-config.ts';
import type { ProgramSetup } from './setup.ts';

/** How every proxy that is a program of its own is set up. */
export const PROGRAM_SETUPS: Readonly<Record<ProxyProgramName, ProgramSetup>> = { nginx, haproxy };

const CONFIG = '/run/ctload/proxy.conf';
/** Seconds. In a guest that is translated, on a busy machine, a program may take a minute to start. */
const CHECK_SECONDS = 180;

/**
 * The programs write to folders that are there for them alone, in a mount namespace of their own: PID files, sockets, temporary
 * files and the configuration end with the last process, however that ends, and a service of the machine's is left alone.
 */
const PRIVATE = `set -e
for folder in /run /var/log /var/lib/nginx /var/cache/nginx; do
  if [ -d $folder ]; then mount -t tmpfs tmpfs $folder; fi
done
mkdir /run/ctload /run/nginx /run/haproxy /var/log/nginx
cat > ${CONFIG}
exec "$@"`;

const within = (argv: readonly string[]) => ['unshare', '--mount', '--', 'sh', '-c', PRIVATE, 'ctload', ...argv];

/** @throws {CtloadError} exit 112 when the program is not installed. */
export function requireProgram(name: ProxyProgramName): void {
  if (findTool(name) !== undefined) return;
  throw new CtloadError(`gateway.proxy.implementation ${name}: missing command ${name}`, {
    hint: `install with: apt-get install ${PROGRAM_SETUPS[name].package} (its service need not run), or use the built-in proxy`,
    exitCode: ExitCode.hostUnfit,
  });
}

/** Its version, such as `1.22.1`. @throws {CommandError} when it cannot be run. */
export async function versionOfProgram(name: ProxyProgramName): Promise<string> {
  return /\d+\.[\w.+~-]+/.exec(await execute(['sh', '-c', `${name} -v 2>&1`]))?.[0] ?? 'unknown version';
}

/** What a proxy is set up for. */
export interface ProgramSite {
  readonly routes: readonly Route[];
  readonly client: string;
  readonly gateway: string;
}

/**
 * The program of a gateway's proxy, whose configuration it has accepted; undefined where the proxy is ctload's own.
 * @throws {CtloadError} exit 104 with the program's own words when it refuses the configuration, 112 when it is missing.
 */
export async function checkedProgram(
  gateway: Host,
  proxy: ProxySpec | undefined,
  site: ProgramSite,
): Promise<ProxyProgram | undefined> {
  const name = proxyProgramOf(proxy);
  if (proxy === undefined || name === undefined) return undefined;
  const setup = PROGRAM_SETUPS[name];
  const { keepAlive = false } = proxy;
  const own = proxy.config === undefined ? undefined : withAddresses(proxy.config, site);
  const config = own?.text ?? setup.config({ routes: site.routes, keepAlive, openFiles: await openFilesOn(gateway) });
  try {
    await execute(within(setup.check(CONFIG, config)), { host: gateway, input: config, seconds: CHECK_SECONDS });
  } catch (cause) {
    throw refusal(name, own, cause);
  }
  const version = await versionOfProgram(name);
  return { name, version, command: within(setup.run(CONFIG, config)), config, listen: site.routes.map(({ from }) => from) };
}

/** Descriptors that a process on `host` may have: the hard limit. Infinity when there is none. */
async function openFilesOn(host: Host): Promise<number> {
  const limit = (await execute(['sh', '-c', 'ulimit -Hn'], { host })).trim();
  return limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit);
}

function refusal(name: ProxyProgramName, own: FilledConfig | undefined, cause: unknown): CtloadError {
  const words = (cause instanceof CommandError && cause.exit.stderr.trim()) || messageOf(cause);
  const said = PROGRAM_SETUPS[name].complaint(words);
  if (own === undefined) {
    return new CtloadError(`${name} cannot run here: ${said}`, {
      hint: 'use the built-in proxy, or a gateway.proxy.config of your own',
      exitCode: ExitCode.hostUnfit,
      cause,
    });
  }
  const theirs = said.replace(/\bline (\d+)/, (_, line) => `line ${own.lineOf(Number(line))}`);
  return new CtloadError(`gateway.proxy.config: ${name} refuses the configuration: ${theirs}`, {
    hint: 'lines are those of the file',
    exitCode: ExitCode.invalidScenario,
    cause,
  });
}
