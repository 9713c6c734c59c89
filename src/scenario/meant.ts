import { z } from 'zod';
import { timeoutMeant } from '../model/input/timeouts.ts';
import { otherName } from '../model/other-names.ts';
import { nearestName } from '../model/suggest.ts';

const DEEPEST = 4; // levels, from the top of the file to a key of a flood

/**
 * The key of `map`, or below it (`conntrack.max`), that somebody who wrote the unknown `key` there most likely meant. Undefined when
 * nothing resembles it.
 */
export function meantKey(key: string, map: unknown): string | undefined {
  const names = keysOf(map);
  const timeout = timeoutMeant(key);
  if (timeout !== undefined && names.includes(timeout)) return timeout;
  return (
    otherName(key, names) ??
    (timeout !== undefined && names.includes('timeouts') ? `timeouts.${timeout}` : undefined) ??
    below(map, key, DEEPEST) ??
    nearestName(key, names)
  );
}

/** The keys that a map of the file format may have; empty when it may have any. */
export function keysOf(schema: unknown): readonly string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodRecord && schema.keyType instanceof z.ZodEnum) return schema.keyType.options.map(String);
  return [];
}

/** Where the key stands in the maps below `schema`, if only one level down or further it is the right one. */
function below(schema: unknown, key: string, levels: number): string | undefined {
  if (levels === 0) return undefined;
  for (const [name, child] of childrenOf(schema)) {
    for (const inner of mapsOf(child)) {
      const found = keysOf(inner).includes(key) ? key : below(inner, key, levels - 1);
      if (found !== undefined) return `${name}.${found}`;
    }
  }
  return undefined;
}

function childrenOf(schema: unknown): readonly (readonly [string, unknown])[] {
  if (schema instanceof z.ZodObject) return Object.entries(schema.shape);
  if (schema instanceof z.ZodRecord && !(schema.keyType instanceof z.ZodEnum)) return [['<name>', schema.valueType]];
  return [];
}

/** The maps that a value may be, out of what makes it optional, gives it a default or converts it. */
function mapsOf(schema: unknown): readonly unknown[] {
  if (schema instanceof z.ZodObject || schema instanceof z.ZodRecord) return [schema];
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(mapsOf);
  if (schema instanceof z.ZodPipe) return mapsOf(schema.in);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return mapsOf(schema.unwrap());
  return [];
}
