/** `6.1`, `v1.29.3-eks-1234`, `5.10.0-28-amd64`: the numbers at its start. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  /** null when the text names only a series. */
  readonly patch: number | null;
}

/** undefined when `text` does not begin with a version of at least two numbers. */
export function parseVersion(text: string): Version | undefined {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)(?:\.(\d+))?(?=$|[^\d.])/.exec(text.trim()) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  return { major: Number(major), minor: Number(minor), patch: patch === undefined ? null : Number(patch) };
}

/** Whether a version belongs to the series `major.minor` or a later one. */
export function isAtLeast(version: Version, major: number, minor: number): boolean {
  return version.major > major || (version.major === major && version.minor >= minor);
}

/** Whether a version is that patch release of `major.minor`, or a later one of the same series; a series alone counts as .0. */
export function isAtLeastPatch(version: Version, major: number, minor: number, patch: number): boolean {
  return version.major === major && version.minor === minor && (version.patch ?? 0) >= patch;
}

export function formatVersion({ major, minor, patch }: Version): string {
  return `${major}.${minor}${patch === null ? '' : `.${patch}`}`;
}
