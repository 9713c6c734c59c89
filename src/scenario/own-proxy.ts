import { messageOf } from '../platform/errors.ts';
import { NO_INCLUDE, ownText } from './own-text.ts';
import type { AnyFile } from './schema/file.ts';
import type { Problem } from './text/problem.ts';

/** Puts the text of a proxy's configuration in the place of its path, as readRules does. */
export function readProxyConfig<F extends AnyFile>(file: F, fileName: string): { readonly file: F; readonly problem?: Problem } {
  const given = file.gateway?.proxy;
  if (given?.config === undefined) return { file };
  const problem = (message: string) => ({
    file,
    problem: { path: ['gateway', 'proxy', 'config'], about: 'value', message } satisfies Problem,
  });
  try {
    const config = ownText(given.config, fileName);
    if (given.implementation === 'nginx' && /(^|[;{}])\s*include\s/m.test(config)) {
      return problem(`${NO_INCLUDE} everything in one file`);
    }
    return { file: { ...file, gateway: { ...file.gateway, proxy: { ...given, config } } } };
  } catch (error) {
    return problem(messageOf(error));
  }
}
