import { closeSync, openSync } from 'node:fs';
import { type AnyScenario, isExisting, type Scenario } from '../model/input/scenario.ts';
import type { Variant } from '../model/input/variants.ts';
import { didYouMean } from '../model/suggest.ts';
import { CtloadError, messageOf, reasonOf } from '../platform/errors.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import { readAtMost } from '../platform/read-file.ts';
import { check } from './check.ts';
import { readProxyConfig } from './own-proxy.ts';
import { readRules } from './own-rules.ts';
import { renderScenario } from './render.ts';
import { resolve } from './resolve.ts';
import { scenarioFileMeant, shippedNames } from './shipped.ts';
import { Diagnostics } from './text/diagnostics.ts';
import { ScenarioDocument } from './text/document.ts';
import { applyOverride, type Override, parseAssignment, parseAssignments } from './text/overrides.ts';
import type { Problem } from './text/problem.ts';

/** Values that change a scenario from outside its file. Precedence: file < CTLOAD_SET, CTLOAD_DRIVER < `set`, `variant`, `trial`, `driver`. */
export interface ScenarioInputs {
  /** `--set path=value`, in order. */
  readonly set?: readonly string[];
  /** One of the scenario's own variants, to load the scenario that it stands for; the list of variants is left out of that. */
  readonly variant?: Pick<Variant, 'name' | 'set'>;
  /** `path=value` of a trial of a search, which come after all others. */
  readonly trial?: readonly string[];
  /** `--driver` */
  readonly driver?: string;
  /** `-e NAME=value`: takes precedence over the environment where the file has `${NAME}`. */
  readonly variables?: Readonly<Record<string, string>>;
  /** process.env */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export interface Loaded<S extends AnyScenario> {
  readonly scenario: S;
  /** The scenario as YAML, with defaults, environment and flags applied; parses back to the same scenario. */
  readonly resolved: string;
}

/** A scenario whose lab ctload builds. */
export type LoadedScenario = Loaded<Scenario>;
export type LoadedAnyScenario = Loaded<AnyScenario>;

/**
 * Reads and checks a scenario file whose lab ctload builds.
 * @throws {CtloadError} exit 104, as loadAnyScenario, and for driver external.
 */
export function loadScenario(file: string, inputs: ScenarioInputs = {}): LoadedScenario {
  return built(loadAnyScenario(file, inputs), file);
}

/** The same for the text of a file, as parseAnyScenario. */
export function parseScenario(text: string, fileName: string, inputs: ScenarioInputs = {}): LoadedScenario {
  return built(parseAnyScenario(text, fileName, inputs), fileName);
}

/**
 * Reads and checks a scenario file, or the shipped scenario of that name (`burst`).
 * @throws {CtloadError} exit 104 for a file that cannot be read, and for an invalid one, with all its problems.
 */
export function loadAnyScenario(given: string, inputs: ScenarioInputs = {}): LoadedAnyScenario {
  const file = scenarioFileMeant(given);
  let text: string;
  try {
    text = readText(file);
  } catch (cause) {
    throw new CtloadError(`cannot read scenario ${file}: ${reasonOf(cause)}`, {
      hint: `\`ctload init\` writes a scenario to start from; by name there are ${shippedNames().join(', ')}`,
      exitCode: ExitCode.invalidScenario,
      cause,
    });
  }
  return parseAnyScenario(text, file, inputs);
}

/**
 * Checks the text of a scenario file; `fileName` is used in messages only.
 * @throws {CtloadError} exit 104 with every problem, each as `file:line:column: path: message`, source line and caret.
 */
export function parseAnyScenario(text: string, fileName: string, inputs: ScenarioInputs = {}): LoadedAnyScenario {
  const document = new ScenarioDocument(text);
  const diagnostics = new Diagnostics(fileName, document);
  diagnostics.addPlaced(document.syntaxErrors());
  diagnostics.throwIfAny(); // a text with syntax errors has no structure to check

  diagnostics.addPlaced(document.interpolate(lookupIn(inputs)));
  const overrides = overridesIn(inputs);
  const data = dataOf(document, diagnostics);
  const whole = withOverrides(data, overrides, diagnostics);
  const result = check(inputs.variant === undefined ? whole : withoutVariants(whole));
  if (result.file === undefined)
    diagnostics.addProblems(
      result.problems.map((problem) => withFloodMeant(problem, data)),
      overrides.filter(({ problem }) => problem === undefined),
    );
  diagnostics.throwIfAny();
  if (result.file === undefined) throw new Error('a scenario without a problem and without a result');
  const rules = readRules(result.file, fileName);
  const config = readProxyConfig(rules.file, fileName);
  diagnostics.addProblems(
    [rules.problem, config.problem].filter((problem) => problem !== undefined),
    overrides,
  );
  diagnostics.throwIfAny();
  const scenario = resolve(config.file);
  return { scenario, resolved: renderScenario(scenario) };
}

const LARGEST = 256 * 1024; // bytes; enough for a thousand floods of the usual size

/** @throws errors of open(2) and read(2), and for a file that is too large to be written by hand. */
function readText(file: string): string {
  const fd = openSync(file, 'r');
  try {
    return readAtMost(fd, LARGEST);
  } finally {
    closeSync(fd);
  }
}

function built({ scenario, resolved }: LoadedAnyScenario, fileName: string): LoadedScenario {
  if (!isExisting(scenario)) return { scenario, resolved };
  throw new CtloadError(
    `${fileName}: lab.driver: ${scenario.lab.driver} works with ctload run, validate, inspect and report only`,
    {
      hint: 'find and matrix build a lab: choose driver netns, docker or vm and describe its gateway; plan takes a load by flags: ctload plan --instance-type m5.large --rate 1000',
      exitCode: ExitCode.invalidScenario,
    },
  );
}

function lookupIn({ variables = {}, environment = {} }: ScenarioInputs): (name: string) => string | undefined {
  return (name) => (Object.hasOwn(variables, name) ? variables[name] : environment[name]);
}

/** In order of precedence: the last one wins. */
function overridesIn({ set = [], variant, trial = [], driver, environment = {} }: ScenarioInputs): Override[] {
  const driverFrom = (place: string, value: string | undefined): Override[] =>
    value === undefined || value === '' ? [] : [{ place: `${place}${value}`, path: ['lab', 'driver'], value }];
  return [
    ...parseAssignments(environment['CTLOAD_SET'] ?? '', 'CTLOAD_SET'),
    ...driverFrom('CTLOAD_DRIVER=', environment['CTLOAD_DRIVER']),
    ...set.map((text) => parseAssignment(text, '--set')),
    ...Object.entries(variant?.set ?? {}).map(([path, value]) => ({
      place: `variants.${variant?.name}`,
      path: path.split('.'),
      value,
    })),
    ...trial.map((text) => parseAssignment(text, 'trial')),
    ...driverFrom('--driver ', driver),
  ];
}

function dataOf(document: ScenarioDocument, diagnostics: Diagnostics): unknown {
  try {
    return document.data();
  } catch (error) {
    diagnostics.addPlaced([{ line: 1, column: 1, path: [], message: messageOf(error) }]);
    return diagnostics.throwIfAny();
  }
}

/** An override with a mistyped flood, `floods.request.rate=5`, makes one of its own, which lacks everything else. */
function withFloodMeant(problem: Problem, data: unknown): Problem {
  const [section, name, key] = problem.path;
  const floods = Object.keys((data as { readonly floods?: object | null } | null)?.floods ?? {});
  if (section !== 'floods' || key !== 'kind' || problem.about !== 'missing' || floods.includes(String(name))) return problem;
  const meant = didYouMean(String(name), floods) || `; the file has ${floods.join(', ')}`;
  return { ...problem, message: `${problem.message} (${name} would be a new flood${meant})` };
}

/** A variant has none of its own. */
function withoutVariants(data: unknown): unknown {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return data;
  return Object.fromEntries(Object.entries(data).filter(([key]) => !['variants', 'baseline', 'cross'].includes(key)));
}

function withOverrides(data: unknown, overrides: readonly Override[], diagnostics: Diagnostics): unknown {
  let result = data;
  for (const override of overrides) {
    try {
      if (override.problem !== undefined) throw new Error(override.problem);
      result = applyOverride(result, override.path, override.value);
    } catch (error) {
      diagnostics.addOverride(override, messageOf(error));
    }
  }
  return result;
}
