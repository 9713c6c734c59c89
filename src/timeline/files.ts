/** Names of the record's files in a run's folder (design.md §4). */
export const TIMELINE_FILE = 'timeline.ndjson';
export const LATENCY_FILE = 'latency.hlog';
