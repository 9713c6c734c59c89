// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to find
const UNPRINTABLE = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g;
/** GitHub's runner takes such lines for commands, whoever wrote them (ActionCommand.cs in actions/runner, both of its forms). */
const COMMAND = /(^|\s):(:[a-z][a-z-]*(?:\s[^\n]*?)?::)/gi;
const OLD_COMMAND = /##(?=\[)/g;

/**
 * Text from elsewhere (names, keys, paths, what a tool said) as a terminal may have it: what would steer it, or turn the
 * direction of writing, becomes U+FFFD, and what a CI system would take for a command is taken apart. Tabs and newlines stay.
 */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(UNPRINTABLE, '\uFFFD').replace(COMMAND, '$1: $2').replace(OLD_COMMAND, '# #');
}

/** The same as one line: line breaks become spaces. */
export function printableLine(text: string): string {
  return printable(text).replace(/\s*\n\s*/g, ' ');
}

/** A copy of plain data in which every text, keys included, is a printable line; `clean` may be another rule. */
export function printableData<T>(data: T, clean: (text: string) => string = printableLine): T {
  if (typeof data === 'string') return clean(data) as T;
  if (Array.isArray(data)) return data.map((item) => printableData(item, clean)) as T;
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [clean(key), printableData(value, clean)])) as T;
}

/** JSON over several lines, as every command prints and writes it. */
export function jsonText(value: unknown): string {
  return `${escapeControls(JSON.stringify(value, null, 2))}\n`;
}

/** JSON of the same value, but with nothing in it that steers a terminal: JSON.stringify escapes only what is below a space. */
export function escapeControls(json: string): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return json.replace(/[\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g, escaped).replace(OLD_COMMAND, '#\\u0023');
}
