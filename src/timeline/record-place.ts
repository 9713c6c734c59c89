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
  const { method, effectiveMax } = lab.capacity;
  if (method !== 'unknown' && effectiveMax === 0)
    return { path: 'lab.capacity.effectiveMax', message: 'a table cannot hold 0 entries' };
  return undefined;
}
