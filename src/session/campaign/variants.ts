import { parse } from 'yaml';
import { chooseDriver, requireLab } from '../../lab/create.ts';
import { list } from '../../model/format.ts';
import type { Variant } from '../../model/input/variants.ts';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { LoadedAnyScenario, LoadedScenario } from '../../scenario/load.ts';
import { searchVariable } from '../search/search-spec.ts';
import type { ScenarioLoader } from '../search/trial-plan.ts';

/** A variant with the scenario that it stands for. */
export interface LoadedVariant extends Variant {
  readonly loaded: LoadedScenario;
  /** The same with the overrides of a trial of a search. */
  readonly load: ScenarioLoader;
}

/** Loads a scenario with the settings of a variant, and with overrides that come after them. */
export type VariantLoader = (variant: Pick<Variant, 'name' | 'set'>, trial?: readonly string[]) => LoadedScenario;

/**
 * Loads every variant of a scenario.
 * @param load the scenario, with the settings of a variant @throws {CtloadError} exit 104 naming all variants that are not valid.
 */
export function loadVariants({ scenario }: LoadedAnyScenario, load: VariantLoader): LoadedVariant[] {
  const variants = 'variants' in scenario ? (scenario.variants ?? []) : [];
  return eachOf(variants, 'is not valid', (variant) => loadedBy(variant, (trial) => load(variant, trial)));
}

function loadedBy(variant: Variant, load: ScenarioLoader): LoadedVariant {
  return { ...variant, loaded: load([]), load };
}

/**
 * The key whose highest value that holds is searched for in every variant.
 * @throws {CtloadError} exit 104 naming all that cannot be searched, or when it is not the same key everywhere.
 */
export function commonVariable(variants: readonly LoadedVariant[]): string {
  const variables = eachOf(variants, 'cannot be searched', ({ load }) => searchVariable(load));
  const [first = ''] = variables;
  const other = variables.findIndex((variable) => variable !== first);
  if (other < 0) return first;
  const names = list([variants[0]?.name ?? '', variants[other]?.name ?? '']);
  throw new CtloadError(`--find: variants ${names} differ in what a search varies (${first}, ${variables[other]})`, {
    hint: `name one key for all of them, e.g. --set find.variable=${first}`,
    exitCode: ExitCode.invalidScenario,
  });
}

/**
 * Makes sure that every variant can be run here, before the first is.
 * @throws {CtloadError} exit 112 naming all that cannot, and what to do about the first.
 */
export async function requireLabs(variants: readonly LoadedVariant[]): Promise<void> {
  const [first] = variants;
  if (first === undefined) return;
  const { driver } = await chooseDriver(first.loaded.scenario.lab.driver);
  eachOf(variants, 'cannot be run here', ({ loaded: { scenario } }) =>
    requireLab(driver, {
      ...scenario,
      ...(scenario.lab.family === undefined ? {} : { family: scenario.lab.family }),
      ...(scenario.lab.vm === undefined ? {} : { vm: scenario.lab.vm }),
      sources: scenario.floods.some((flood) => flood.sources !== undefined),
      echoes: scenario.floods.some(({ kind }) => kind === 'icmp'),
    }),
  );
}

/**
 * What `work` makes of every variant.
 * @throws {CtloadError} naming all for which it fails, and `what` they are then, with remedy and exit code of the first.
 */
function eachOf<V extends Pick<Variant, 'name'>, T>(variants: readonly V[], what: string, work: (variant: V) => T): T[] {
  const errors: { readonly name: string; readonly error: CtloadError }[] = [];
  const results = variants.flatMap((variant) => {
    try {
      return [work(variant)];
    } catch (error) {
      if (!(error instanceof CtloadError)) throw error;
      errors.push({ name: variant.name, error });
      return [];
    }
  });
  const [first] = errors;
  if (first === undefined) return results;
  const { hint, exitCode } = first.error;
  throw new CtloadError(errors.map(({ name, error }) => `variant ${name} ${what}:\n${error.message}`).join('\n'), {
    ...(hint === undefined ? {} : { hint }),
    exitCode,
  });
}

/** Keys of `lab` in which variants may differ: the kernel stays the same. */
const FREE: readonly string[] = ['modules'];

/**
 * Makes sure that all variants run under one driver and one kernel: their figures would not be comparable. Where one needs a virtual
 * machine and the others leave the choice to ctload, all get it.
 * @param load the scenario of a variant with the `lab` section of another one
 * @throws {CtloadError} exit 104 for variants that ask for different drivers or machines.
 */
export function withOneLab(variants: readonly LoadedVariant[], load: VariantLoader): readonly LoadedVariant[] {
  const drivers = [...new Set(variants.map(({ loaded }) => loaded.scenario.lab.driver))];
  const [asked, ...others] = drivers.filter((driver) => driver !== 'auto');
  if (others.length > 0 || asked === undefined) return requireOneLab(variants);
  const special = variants.find(({ loaded }) => loaded.scenario.lab.driver === asked);
  const lab = Object.entries(special?.set ?? {}).filter(([path]) => path.startsWith('lab.'));
  return requireOneLab(
    variants.map((variant) => {
      if (variant.loaded.scenario.lab.driver !== 'auto') return variant;
      const inLab = { ...variant, set: { ...Object.fromEntries(lab), ...variant.set } };
      return loadedBy(variant, (trial) => load(inLab, trial));
    }),
  );
}

function requireOneLab(variants: readonly LoadedVariant[]): readonly LoadedVariant[] {
  const labs = variants.map(({ name, loaded }) => ({ name, settings: flat(parse(loaded.resolved).lab) }));
  const [base, ...others] = labs;
  for (const { name, settings } of others) {
    const keys = [...new Set([...Object.keys(base?.settings ?? {}), ...Object.keys(settings)])];
    const key = keys.find((one) => !FREE.includes(one.split('.').at(-1) ?? '') && base?.settings[one] !== settings[one]);
    if (key === undefined) continue;
    const sides = [base?.settings[key], settings[key]].map((value) => value ?? 'unset');
    throw new CtloadError(
      `variants ${list([base?.name ?? '', name])} differ in lab.${key} (${sides.join(', ')}): figures of different drivers, kernels or machines are never in one ranking`,
      {
        hint: key === 'driver' ? 'run all of them with one driver, e.g. --driver vm' : `give all variants the same lab.${key}`,
        exitCode: ExitCode.invalidScenario,
      },
    );
  }
  return variants;
}

function flat(value: unknown, above = ''): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { [above]: JSON.stringify(value) };
  return Object.assign({}, ...Object.entries(value).map(([key, inner]) => flat(inner, above === '' ? key : `${above}.${key}`)));
}
