import type { MetaRecord, TimelineRecord } from '../model/timeline/sample.ts';
import { latestTime } from './limits.ts';
import type { Fault } from './record-check.ts';

/** Checks what the schema cannot: a record's place among the others, and keys that depend on each other. */
export function checkPlace(record: TimelineRecord, number: number): Fault | undefined {
  const latest = latestTime(number);
  const late = record.t > latest ? 't' : record.type === 'load' && record.at > latest ? 'at' : undefined;
  if (late !== undefined) return { path: late, message: `hours after the records before it; expected ${latest} s at most` };
  if (record.type !== 'meta') return undefined;
  return number > 1 ? { path: '', message: 'only the first line may be one' } : checkMeta(record);
}

function checkMeta({ run, lab }: MetaRecord): Fault | undefined {
  if (Number.isNaN(Date.parse(run.startedAt))) return { path: 'run.startedAt', message: 'expected a time in ISO 8601' };
  const { method, ...counts } = lab.capacity;
  if (method === 'unknown') return undefined;
  // An existing gateway may have nf_conntrack_max = 0, which means no limit.
  const names = method === 'in-force' ? (['buckets'] as const) : (['max', 'buckets', 'effectiveMax'] as const);
  const none = names.find((name) => counts[name] < 1);
  return none === undefined ? undefined : { path: `lab.capacity.${none}`, message: 'expected 1 or more' };
}
