const REFERENCE = /\$\$|\$\{([^}]*)(\}?)/g;
const BODY = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

export interface Interpolated {
  readonly text: string;
  /** Whether a variable was substituted. */
  readonly substituted: boolean;
  readonly problems: readonly string[];
}

/**
 * Substitutes variables in `text`: `${VAR}`, `${VAR:-default}` (the default also replaces an empty variable, as in a shell), `$$`
 * for a dollar sign. Any other `$` is left as it is.
 */
export function interpolate(text: string, lookup: (name: string) => string | undefined): Interpolated {
  const problems: string[] = [];
  let substituted = false;
  const result = text.replace(REFERENCE, (reference, body?: string, end?: string) => {
    if (body === undefined) return '$';
    const match = BODY.exec(body);
    const name = match?.[1];
    if (name === undefined || end === '') {
      problems.push(`${reference} is neither \${NAME} nor \${NAME:-default}; write $$ for a dollar sign`);
      return reference;
    }
    substituted = true;
    const value = lookup(name);
    const fallback = match?.[2];
    if (fallback !== undefined) return value === undefined || value === '' ? fallback : value;
    if (value === undefined) problems.push(`variable ${name} is not set; set it with -e ${name}=… or write \${${name}:-default}`);
    return value ?? reference;
  });
  return { text: result, substituted, problems };
}
