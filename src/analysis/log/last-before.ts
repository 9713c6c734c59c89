/** The last of `records`, which are in order of time, with `t` < `limit`. */
export function lastBefore<Timed extends { readonly t: number }>(records: readonly Timed[], limit: number): Timed | undefined {
  return records.findLast((record) => record.t < limit);
}
