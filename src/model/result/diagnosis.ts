/** Schema of what `ctload diagnose --json` prints. */
export const DIAGNOSIS_SCHEMA = 'ctload/diagnosis@1';

/** What `ctload diagnose --json` prints: what lost the connections of an incident, as far as what it left shows. */
export interface IncidentDiagnosis {
  readonly schema: typeof DIAGNOSIS_SCHEMA;
  /** The answer. */
  readonly conclusion: Conclusion;
  /** Every cause that was looked for, those found first. */
  readonly findings: readonly Finding[];
  /** What to collect next, to be certain. */
  readonly collect: readonly string[];
  /** What was read. */
  readonly sources: readonly Source[];
  /** What could not be read, or cannot be true together. */
  readonly problems: readonly string[];
}

/** The answer. */
export interface Conclusion {
  /** `not-the-table`: this table lost nothing, and nothing else is certain either. */
  readonly kind: 'found' | 'not-the-table' | 'cannot-tell';
  /** The causes that are certain. */
  readonly causes: readonly IncidentCause[];
  /** The same as a sentence. */
  readonly text: string;
}

/** In the order in which they are reported; the first five are those of the conntrack table. */
export const INCIDENT_CAUSES = [
  'table-full',
  'early-drop',
  'hash-chains-full',
  'insert-races',
  'snat-ports',
  'local-ports',
  'listen-queues',
  'invalid-resets',
  'conntrack-allowance',
  'network-allowance',
] as const;

export type IncidentCause = (typeof INCIDENT_CAUSES)[number];

/**
 * `certain`: nothing else explains the figures. `likely`: they fit, and something else may explain them. `possible`: it happened at
 * some time, or may have. `no`: it did not happen. `unknown`: nothing that was read shows it.
 */
export type Certainty = 'certain' | 'likely' | 'possible' | 'no' | 'unknown';

/** Whether one cause was at work. */
export interface Finding {
  /** What was looked for. */
  readonly cause: IncidentCause;
  /** How sure it is. */
  readonly certainty: Certainty;
  /** Why, one sentence each. */
  readonly evidence: readonly string[];
  /** Kernel counters and settings that this rests on, by the name that the kernel or nstat gives them. */
  readonly figures: Readonly<Record<string, Figure>>;
}

/** A counter of the kernel. */
export interface Figure {
  /** At the latest reading. */
  readonly value: number;
  /** How much it rose between the first and the last reading; null with a single one. */
  readonly rise: number | null;
}

/** A file, and what was found in it. */
export interface Source {
  /** Its path. */
  readonly file: string;
  /** Formats, e.g. `conntrack -S (2)`. */
  readonly holds: readonly string[];
}
