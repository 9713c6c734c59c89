import { plural, seconds } from '../../model/format.ts';
import type { RuleAlert } from '../../model/result/alerts/alert-rules.ts';
import type { Summary } from '../../model/result/summary.ts';

/** What the user's own alerts would have done: those that became active, and how many did not. */
export function alertLines({ alertRules }: Pick<Summary, 'alertRules'>): [label: string, text: string][] {
  if (alertRules === undefined) return [];
  const { alerts, scrapeSeconds, evaluationSeconds } = alertRules;
  const active = alerts.filter(({ pendingAtSeconds, firingAtSeconds }) => pendingAtSeconds !== null || firingAtSeconds !== null);
  const rest = alerts.length - active.length;
  const how = `scraped every ${seconds(scrapeSeconds)}, evaluated every ${seconds(evaluationSeconds)}`;
  const quiet = rest === 0 ? [] : [`${plural(rest, active.length === 0 ? 'alert' : 'other alert')} stayed inactive`];
  return [...active.map(alertSentence), ...quiet].map((text, index) => [
    index === 0 ? 'Alerts' : '',
    index === 0 ? `${text} (${how})` : text,
  ]);
}

function alertSentence({ name, pendingAtSeconds, firingAtSeconds, leadSeconds }: RuleAlert): string {
  if (firingAtSeconds === null) return `${name} was pending from ${seconds(pendingAtSeconds ?? 0)} on, and did not fire`;
  const lead =
    leadSeconds === null
      ? ', and no request was lost'
      : `, ${seconds(Math.abs(leadSeconds))} ${leadSeconds >= 0 ? 'before' : 'after'} the first lost request`;
  return `${name} fired at ${seconds(firingAtSeconds)}${lead}`;
}
