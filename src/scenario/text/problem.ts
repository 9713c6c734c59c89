/** Keys and list indexes from the root of the scenario. */
export type Path = readonly (string | number)[];

/** One thing wrong with a scenario. */
export interface Problem {
  readonly path: Path;
  readonly message: string;
  /** What the path points at: a wrong `value`, an unknown `key`, or a `missing` one. */
  readonly about: 'value' | 'key' | 'missing';
}

/** `floods.requests.stages.0.target`; an empty text for the whole scenario. */
export function dotted(path: Path): string {
  return path.join('.');
}

export function startsWith(path: Path, prefix: Path): boolean {
  return prefix.every((key, i) => String(key) === String(path[i]));
}
