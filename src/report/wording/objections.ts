import type { Objection } from '../../model/result/comparison.ts';

/** What keeps two sides from being compared, one line. */
export function objectionText(objection: Objection): string {
  switch (objection.code) {
    case 'different':
      return `${objection.key}: ${settingText(objection.base)} → ${settingText(objection.candidate)}`;
    case 'unknown-setting':
      return `--allow-different ${objection.area}: neither side has such a setting`;
    case 'mixed':
      return `the runs of ${objection.side} differ among themselves in ${objection.key}: ${objection.values.map(settingText).join(', ')}`;
  }
}

/** A setting's value. */
export function settingText(value: string | null): string {
  return value ?? '(none)';
}
