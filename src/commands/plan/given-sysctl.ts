import { reasonOf, usageError } from '../../platform/errors.ts';
import { mergeSysctls, NO_SYSCTL, readSysctlAssignment, readSysctlFile, type SysctlSettings } from '../../sizing/sysctl.ts';
import { readGiven } from './read-given.ts';

/**
 * The settings of all --sysctl, later ones override earlier ones; `-` is stdin.
 * @throws {CtloadError} exit 2 when one has no conntrack setting, or a file cannot be read.
 */
export function readSysctls(given: readonly string[]): SysctlSettings {
  return given.map(readOne).reduce(mergeSysctls, NO_SYSCTL);
}

function readOne(text: string): SysctlSettings {
  if (text.includes('=')) return readSysctlAssignment(text);
  let content: string;
  try {
    content = readGiven(text);
  } catch (cause) {
    const hint = 'give a sysctl.d file, or key=value such as net.netfilter.nf_conntrack_max=1048576';
    throw usageError(`cannot read --sysctl ${text}: ${reasonOf(cause)}`, hint, cause);
  }
  return readSysctlFile(content, text);
}
