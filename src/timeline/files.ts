/** Names of the record's files in a run's folder. */
export const TIMELINE_FILE = 'timeline.ndjson';
export const LATENCY_FILE = 'latency.hlog';
