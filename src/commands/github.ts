import { appendFileSync } from 'node:fs';
import { messageOf } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';

/** The part of the environment that GitHub Actions sets ("Variables reference"). */
export type ActionsEnvironment = Readonly<Record<string, string | undefined>>;

/** Whether this process is a step of a GitHub Actions job. */
function isGitHubActions(environment: ActionsEnvironment): boolean {
  return environment['GITHUB_ACTIONS'] === 'true';
}

/**
 * Adds annotations to the job's page and `markdown` to its summary; does nothing outside of GitHub Actions. Annotations go to
 * stderr, which the runner scans as it does stdout, so that stdout holds only what was asked for. A summary that cannot be
 * written is a warning.
 */
export function reportToGitHub(
  environment: ActionsEnvironment,
  { annotations, markdown }: { readonly annotations: readonly string[]; readonly markdown: string },
  log: Log,
): void {
  if (!isGitHubActions(environment)) return;
  for (const line of annotations) process.stderr.write(`${line}\n`);
  const file = environment['GITHUB_STEP_SUMMARY'];
  if (file === undefined || file === '') return;
  try {
    appendFileSync(file, `${markdown}\n`);
  } catch (cause) {
    log.warn(`cannot append to GITHUB_STEP_SUMMARY ${file}: ${messageOf(cause)}`);
  }
}
