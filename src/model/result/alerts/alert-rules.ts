/** What the user's own alerting rules would have done, had Prometheus scraped the gateway during the run. */
export interface AlertRules {
  /** Seconds between two scrapes; one of them at the start of the load. */
  readonly scrapeSeconds: number;
  /** Seconds between two evaluations of the rules. */
  readonly evaluationSeconds: number;
  /** Labels of the scraped series. */
  readonly labels: Readonly<Record<string, string>>;
  /** What evaluated the rules. */
  readonly engine: string;
  /** One for every name of an alert in the rules. */
  readonly alerts: readonly RuleAlert[];
}

/** The same as evaluated, before it is known when the first request was lost. */
export interface EvaluatedRules extends Omit<AlertRules, 'alerts'> {
  readonly alerts: readonly Omit<RuleAlert, 'leadSeconds'>[];
}

/** One alert, by its name: the earliest of its instances. */
export interface RuleAlert {
  /** Its name in the rules. */
  readonly name: string;
  /** When it became pending, seconds since the start of the load; null if it never did, or fired at once. */
  readonly pendingAtSeconds: number | null;
  /** When it fired, seconds since the start of the load; null if it did not until the end of the record. */
  readonly firingAtSeconds: number | null;
  /** How long before the first lost request it fired, seconds; negative when it fired later. Null if it did not, or nothing was lost. */
  readonly leadSeconds: number | null;
}
