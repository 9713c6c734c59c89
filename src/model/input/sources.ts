import { addressNumber, addressText } from '../ipv4.ts';

/** Client addresses that floods may have: no plan of a lab's addresses uses them, nor do synthetic entries. */
export const SOURCE_POOL = '198.18.128.0/18';

/** The addresses of a range in CIDR notation; of one address when it has no prefix length. */
export interface SourceRange {
  /** Number of addresses. */
  readonly size: number;
  /** Address number `index`, from 0 on, which comes round again. */
  at(index: number): string;
}

/** @param cidr `198.18.128.0/24`; bits of the host do not count */
export function sourceRange(cidr: string): SourceRange {
  const [address = '', prefix = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(prefix));
  const number = addressNumber(address);
  const first = number - (number % size);
  return { size, at: (index) => addressText(first + (index % size)) };
}
