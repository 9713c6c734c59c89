import { createLiveView } from '../report/live/live.ts';
import type { TrialSetting } from '../session/search/trials.ts';

export interface TrialViewOptions {
  readonly quiet: boolean;
  readonly color: { readonly stderr: boolean };
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A live view of the current trial of a search, on terminals only: elsewhere one line per trial is enough. */
export function trialView({ quiet, color, environment = {} }: TrialViewOptions): ReturnType<TrialSetting['watch']> {
  if (quiet || !process.stderr.isTTY) return undefined;
  const view = createLiveView(process.stderr, { color: color.stderr, environment });
  return { onStatus: view.update.bind(view), onLoadEnd: view.close.bind(view) };
}
