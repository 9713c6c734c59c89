import type { Certainty, Figure, IncidentCause } from './diagnosis.ts';

/** Why a cause is certain, likely, possible or not: a code, and the figures of its sentence. */
export type Because =
  | { readonly code: 'rose'; readonly counters: readonly (readonly [name: string, rise: number])[] }
  | { readonly code: 'since-boot'; readonly counters: readonly (readonly [name: string, value: number])[] }
  | { readonly code: 'before-the-readings'; readonly counters: readonly (readonly [name: string, value: number])[] }
  | { readonly code: 'did-not-rise'; readonly names: readonly string[]; readonly ever: boolean }
  | {
      readonly code: 'logged';
      readonly lines: number;
      readonly first: string;
      readonly last: string;
      readonly namespaces: readonly string[];
    }
  | { readonly code: 'logged-elsewhere'; readonly lines: number }
  | { readonly code: 'full-when-read'; readonly entries: number; readonly limit: number }
  | { readonly code: 'room-when-read'; readonly entries: number; readonly limit: number }
  | { readonly code: 'drops'; readonly drops: number; readonly refused: number; readonly witnessed: boolean }
  | { readonly code: 'drops-of-refused'; readonly drops: number }
  | { readonly code: 'port-search'; readonly found: number; readonly refused: number }
  | { readonly code: 'no-port-search'; readonly found: number; readonly refused: number }
  | { readonly code: 'search-unclear'; readonly found: number | null; readonly refused: number }
  | { readonly code: 'flooding-logged'; readonly lines: number }
  | { readonly code: 'no-address-logged'; readonly lines: number }
  | { readonly code: 'ports-taken'; readonly sockets: number; readonly ports: number }
  | { readonly code: 'liberal' }
  | { readonly code: 'resets'; readonly invalid: number; readonly resets: number | null }
  | { readonly code: 'unseen' };

/** What the analysis says of one cause. */
export interface Judged {
  readonly cause: IncidentCause;
  readonly certainty: Certainty;
  readonly because: readonly Because[];
  readonly figures: Readonly<Record<string, Figure>>;
}

/** What to collect next. */
export type Wanted = 'table-counters' | 'kernel-log' | 'network-counters' | 'settings' | 'listing' | 'sockets' | 'ethtool';
