/** A colour of the style sheet, as it is now: light or dark. */
export function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** `share` of a colour upon the page's background, opaque. Both are #rrggbb. */
export function tint(name, share) {
  const channels = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  const [ink, paper] = [channels(color(name)), channels(color('paper'))];
  return `rgb(${ink.map((value, index) => Math.round(value * share + paper[index] * (1 - share))).join(' ')})`;
}

export function onThemeChange(listener) {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', listener);
}
