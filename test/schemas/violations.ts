import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { type Published, schemaFile } from './published.ts';

const ajv = new Ajv2020({ allowUnionTypes: true });
const validators = new Map<string, ValidateFunction>();

/** What a value has against the committed schema, keys that it does not describe included; nothing when all is well. */
export function violations(name: Published, value: unknown): string[] {
  const validate = validators.get(name) ?? ajv.compile(closed(JSON.parse(readFileSync(schemaFile(name), 'utf8'))) as object);
  validators.set(name, validate);
  const json = JSON.parse(JSON.stringify(value)); // as it is written: without what is undefined
  return validate(json) ? [] : ajv.errorsText(validate.errors, { dataVar: name, separator: '\n' }).split('\n');
}

/** The same schema, but that it allows only the keys it names. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return 'properties' in schema && 'type' in schema ? { ...copy, additionalProperties: false } : copy;
}
