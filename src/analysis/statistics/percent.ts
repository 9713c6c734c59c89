/** A share in the sentences of a summary, `81.0 %`; null where it is not known. */
export function percent(share: number | null): string {
  return share === null ? 'an unknown part' : `${(share * 100).toFixed(1)} %`;
}
