import type { Reason } from '../findings.ts';

/** Why a trial ended as it did: the first reason of its verdict, or what kept it from running. */
export type TrialWhy =
  | Reason
  | { readonly code: 'threshold-failed'; readonly metric: string; readonly expression: string }
  | { readonly code: 'invalid-value'; readonly message: string }
  | { readonly code: 'none' };

/** Why a search ended without an answer. `value` is the last one tried. */
export type SearchEnd =
  | { readonly code: 'trial'; readonly why: TrialWhy }
  | { readonly code: 'nothing-held' | 'nothing-broke'; readonly value: number }
  | { readonly code: 'never-confirmed' | 'nothing-fits' | 'out-of-time' | 'out-of-budget' | 'aborted' };
