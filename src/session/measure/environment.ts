import { cpus, release, totalmem } from 'node:os';
import type { ProxyProgram } from '../../model/input/proxy.ts';
import type { Environment } from '../../model/timeline/run.ts';
import { execute } from '../../platform/exec.ts';
import { findTool } from '../../platform/tools.ts';

const VERSION_FLAGS: Readonly<Record<string, string>> = {
  ip: '-V',
  nft: '--version',
  iptables: '--version',
  conntrack: '--version',
};

/** The facts about the machine that are needed to reproduce the run. */
export async function describeEnvironment(lab: {
  readonly driver: string;
  readonly rootless: boolean;
  readonly machines?: Environment['machines'];
  readonly sysctls: Readonly<Record<string, string>>;
  readonly proxyProgram?: Pick<ProxyProgram, 'name' | 'version'>;
}): Promise<Environment> {
  return {
    driver: lab.driver,
    rootless: lab.rootless,
    kernel: release(),
    node: process.version,
    cpus: cpus().length,
    memoryBytes: totalmem(),
    ...(lab.machines === undefined ? {} : { machines: lab.machines }),
    sysctls: lab.sysctls,
    tools: {
      ...(await toolVersions()),
      ...(lab.proxyProgram === undefined ? {} : { [lab.proxyProgram.name]: lab.proxyProgram.version }),
    },
  };
}

async function toolVersions(): Promise<Record<string, string>> {
  const installed = Object.entries(VERSION_FLAGS).filter(([tool]) => findTool(tool) !== undefined);
  const versions = installed.map(async ([tool, flag]) => [tool, firstLine(await execute([tool, flag]).catch(() => ''))] as const);
  return Object.fromEntries(await Promise.all(versions));
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.trim() ?? '';
}
