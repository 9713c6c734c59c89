import { z } from 'zod';
import { DATAPLANE_NAMES, terminates, translates } from '../../model/input/dataplanes.ts';
import type { FloodKind } from '../../model/input/flood-kind.ts';
import { kindsWith } from '../../model/input/flood-traits.ts';
import { PROXIES } from '../../model/input/proxy.ts';
import { OF_ONE } from './dataplane.ts';
import { externalLab } from './external.ts';
import { scenarioFile } from './file.ts';
import { kubernetesLab } from './lab/kubernetes.ts';
import { textPattern, VARIABLE } from './patterns.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Both kinds of files in one, so that an editor completes both; `RULES` says which sections a driver allows. */
const eitherFile = scenarioFile.extend({
  lab: z
    .union([externalLab, kubernetesLab, scenarioFile.shape.lab])
    .optional()
    .describe('The three machines of the lab: client, gateway and backend.'),
  gateway: scenarioFile.shape.gateway
    .optional()
    .describe('The gateway under test. Required, except with drivers external and kubernetes.'),
});

const definitions = { variable: { type: 'string', pattern: VARIABLE } };
const variable = { $ref: '#/definitions/variable' };

const driver = (value: Schema): Schema => at(['lab', 'driver'], value);
const kinds = (allowed: readonly FloodKind[], more: Schema = {}): Schema => ({
  floods: { additionalProperties: { properties: { kind: { anyOf: [{ enum: allowed }, variable] }, ...more } } },
});

/** What a scenario may not have whose gateway is not ctload's own. */
const EXISTING: Schema = {
  gateway: false,
  find: false,
  variants: false,
  baseline: false,
  cross: false,
  ...kinds(
    kindsWith((traits) => traits.ordinaryServer),
    { sources: false },
  ),
};

/** What the sections say about each other. */
const RULES: readonly Schema[] = [
  {
    if: driver({ const: 'external' }),
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { ...EXISTING, backend: false } },
  },
  {
    if: driver({ const: 'kubernetes' }),
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { ...EXISTING, lab: { required: ['kubernetes'] }, actions: false } },
  },
  {
    if: { not: driver({ anyOf: [{ enum: ['external', 'kubernetes'] }, variable] }) },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { required: ['gateway'] },
  },
  { not: { required: ['variants', 'cross'] } },
  {
    if: at(['gateway', 'dataplane'], { enum: DATAPLANE_NAMES.filter(terminates) }),
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: kinds(kindsWith((traits) => traits.proxied)) },
  },
  {
    if: at(['gateway', 'dataplane'], { enum: DATAPLANE_NAMES.filter((name) => !translates(name)) }),
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { gateway: { properties: { masquerade: false, snatPorts: false } } } },
  },
  ...OF_ONE.map((name) => ({
    if: { not: at(['gateway', 'dataplane'], { anyOf: [{ const: name }, variable] }) },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { gateway: { properties: { [name]: false } } } },
  })),
  {
    if: at(['gateway', 'ipvs', 'conntrack'], { const: false }),
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: {
      properties: { gateway: { properties: { masquerade: { anyOf: [{ const: 'never' }, variable] }, snatPorts: false } } },
    },
  },
  {
    if: at(['gateway', 'masquerade'], { const: 'never' }),
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { gateway: { properties: { snatPorts: false } } } },
  },
  {
    if: at(['gateway', 'proxy'], {
      ...at(['implementation'], { enum: PROXIES.filter((name) => name !== 'built-in') }),
      ...without('config'),
    }),
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { floods: { additionalProperties: { properties: { protocol: { not: { const: 'tcp' } } } } } } },
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

/** The key is absent. */
function without(key: string): Schema {
  return { not: { required: [key] } };
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
