export { bytes as formatBytes } from './format.ts';

const FACTOR: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};
const QUANTITY = /^(\d+(?:\.\d+)?|\.\d+)(?:[eE]([+-]?\d+)|([kMGTP]|[KMGTP]i)?)$/;

export const QUANTITY_EXAMPLES = 'an amount of memory such as 8Gi, 512Mi or 995612Ki';

/**
 * Bytes of a Kubernetes quantity (`8Gi`, `995612Ki`, `16G`, `1e9`; apimachinery, pkg/api/resource); undefined when `text` is
 * none, or not more than 0.
 */
export function parseQuantity(text: string): number | undefined {
  const [, number, exponent, suffix = ''] = QUANTITY.exec(text.trim()) ?? [];
  if (number === undefined) return undefined;
  const bytes = Math.round(Number(number) * (exponent === undefined ? (FACTOR[suffix] ?? Number.NaN) : 10 ** Number(exponent)));
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}
