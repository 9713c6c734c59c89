/**
 * p-values of one family, corrected so that the chance of even one false positive among them stays below the level they are
 * compared with (Holm 1979): the smallest times their number, the next times one fewer, …, none smaller than the one before, and
 * none above 1. In the order given.
 */
export function holm(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] as number) - (values[b] as number));
  const corrected: number[] = [...values];
  let least = 0;
  for (const [place, index] of order.entries()) {
    least = Math.min(1, Math.max(least, (values[index] as number) * (values.length - place)));
    corrected[index] = least;
  }
  return corrected;
}
