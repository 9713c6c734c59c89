/**
 * Whether to write colour to `stream`: terminals get it, unless NO_COLOR (no-color.org) is set or `wanted` is false, which is
 * what `--no-color` asks for; FORCE_COLOR turns it on for any stream.
 */
export function wantsColor(
  stream: NodeJS.WriteStream,
  wanted: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if (!wanted || (environment['NO_COLOR'] ?? '') !== '') return false;
  return (stream.isTTY && environment['TERM'] !== 'dumb') || (environment['FORCE_COLOR'] ?? '') !== '';
}
