import type { SearchEnd, TrialWhy } from '../../model/result/campaign/search-end.ts';
import { figure } from './find.ts';
import { reasonText } from './reasons.ts';

/** Why a trial ended as it did, one sentence. */
export function trialWhyText(why: TrialWhy): string {
  switch (why.code) {
    case 'threshold-failed':
      return `Threshold failed: ${why.metric} ${why.expression}.`;
    case 'invalid-value':
      return why.message;
    case 'none':
      return '';
    default:
      return reasonText(why);
  }
}

/** Why a search has no answer. */
export function searchEndText(end: SearchEnd): string {
  switch (end.code) {
    case 'trial':
      return trialWhyText(end.why);
    case 'nothing-held':
      return `nothing held, down to ${figure(end.value)}`;
    case 'nothing-broke':
      return `nothing broke, up to ${figure(end.value)}`;
    case 'never-confirmed':
      return 'no value held in the longer confirming trial';
    case 'nothing-fits':
      return 'not even one connection fits';
    case 'out-of-time':
      return 'the deadline passed before an answer was confirmed';
    case 'out-of-budget':
      return 'the budget was spent before an answer was confirmed';
    case 'aborted':
      return 'aborted by a signal';
  }
}
