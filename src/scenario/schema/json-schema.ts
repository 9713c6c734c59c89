import { z } from 'zod';
import { BUILT_DATAPLANES, terminates, translates } from '../../model/input/dataplanes.ts';
import type { FloodKind } from '../../model/input/flood-kind.ts';
import { kindsWith } from '../../model/input/flood-traits.ts';
import { externalLab } from './external.ts';
import { scenarioFile } from './file.ts';
import { textPattern, VARIABLE } from './patterns.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Both kinds of files in one, so that an editor completes both; `RULES` says which sections a driver allows. */
const eitherFile = scenarioFile.extend({
  lab: z
    .union([externalLab, scenarioFile.shape.lab])
    .optional()
    .describe('The three machines of the lab: client, gateway and backend.'),
  gateway: scenarioFile.shape.gateway.optional().describe('The gateway under test. Required, except with driver external.'),
});

const definitions = { variable: { type: 'string', pattern: VARIABLE } };
const variable = { $ref: '#/definitions/variable' };

const driver = (value: Schema): Schema => at(['lab', 'driver'], value);
const kinds = (allowed: readonly FloodKind[]): Schema => ({
  floods: { additionalProperties: { properties: { kind: { anyOf: [{ enum: allowed }, variable] } } } },
});

/** What the sections say about each other. */
const RULES: readonly Schema[] = [
  {
    if: driver({ const: 'external' }),
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: {
      properties: {
        gateway: false,
        backend: false,
        find: false,
        ...kinds(kindsWith((traits) => traits.ordinaryServer)),
      },
    },
  },
  {
    if: { not: driver({ anyOf: [{ const: 'external' }, variable] }) },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { required: ['gateway'] },
  },
  {
    if: at(['gateway', 'dataplane'], { enum: BUILT_DATAPLANES.filter(terminates) }),
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: kinds(kindsWith((traits) => traits.proxied)) },
  },
  {
    if: at(['gateway', 'dataplane'], { enum: BUILT_DATAPLANES.filter((name) => !translates(name)) }),
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { gateway: { properties: { masquerade: false } } } },
  },
];

/**
 * The JSON Schema of a scenario file (draft 7, which every editor knows): the text of scenarios/scenario.schema.json. It refuses what
 * ctload refuses, but for what only a program can compute; test/unit/scenario/schema/json-schema.test.ts lists that.
 */
export function scenarioJsonSchema(): string {
  const schema = z.toJSONSchema(eitherFile, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ ...(withVariables(schema) as Schema), allOf: RULES, definitions, title: 'ctload scenario' }, null, 2)}\n`;
}

/** The value at `path` exists and is as `value` says. */
function at([key, ...rest]: readonly string[], value: Schema): Schema {
  return key === undefined ? value : { required: [key], properties: { [key]: at(rest, value) } };
}

/** The same, but that a variable may stand for any value; keys are not interpolated. */
function withVariables(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withVariables);
  if (typeof node !== 'object' || node === null) return node;
  const schema = Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      if (key === 'oneOf') return ['anyOf', withVariables(value)]; // a variable fits all of them
      return [key, OPAQUE.has(key) ? value : withVariables(value)];
    }),
  );
  const { type, enum: values, const: value, pattern, ...rest } = schema;
  if (values === undefined && value === undefined && type !== 'boolean') {
    return type === 'string' && pattern === undefined ? { ...schema, pattern: textPattern() } : schema;
  }
  const fixed = {
    ...(type === undefined ? {} : { type }),
    ...(values === undefined ? (value === undefined ? {} : { const: value }) : { enum: values }),
  };
  return { ...rest, anyOf: [fixed, variable] };
}

/** Keywords whose values are no schemas of values. */
const OPAQUE = new Set(['default', 'propertyNames', 'required', 'enum']);
