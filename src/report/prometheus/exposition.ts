import { printable } from '../../platform/printable.ts';

/** One metric of Prometheus' text format. */
export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly labels?: Labels;
  readonly value: number;
  /** `_bucket`, `_sum`, `_count` of a histogram. */
  readonly suffix?: string;
}

export type Labels = Readonly<Record<string, string>>;

export function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'gauge', help, samples };
}

/** Prometheus' text exposition format 0.0.4, or OpenMetrics 1.0 (prometheus.io/docs/instrumenting/exposition_formats). */
export type Format = 'text' | 'openmetrics';

/** Families as text: those without a sample are left out, `common` labels stand on every sample. */
export function exposition(families: readonly Family[], common: Labels, format: Format = 'text'): string {
  const blocks = families.filter(({ samples }) => samples.length > 0).map((family) => block(family, common, format));
  return `${blocks.join('\n')}\n${format === 'openmetrics' ? '# EOF\n' : ''}`;
}

function block({ name, type, help, samples }: Family, common: Labels, format: Format): string {
  // In OpenMetrics the family of a counter is named without the suffix that its sample has.
  const family = format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name;
  const lines = samples.map(
    ({ suffix = '', labels, value }) => `${name}${suffix}${labelText({ ...common, ...labels })} ${value}`,
  );
  return [`# HELP ${family} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`, `# TYPE ${family} ${type}`, ...lines].join(
    '\n',
  );
}

function labelText(labels: Labels): string {
  const texts = Object.entries(labels)
    .map(
      ([name, value]) => `${name}="${printable(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
    )
    .join(',');
  return texts === '' ? '' : `{${texts}}`;
}

/**
 * The samples of a classic histogram.
 * @param values how often each value was measured, ascending
 * @param bounds upper bounds (`le`), ascending, +Inf left out
 */
export function histogram(
  values: readonly (readonly [value: number, count: number])[],
  bounds: readonly number[],
  labels: Labels,
): Sample[] {
  const upTo = (bound: number) => values.reduce((sum, [value, count]) => (value <= bound ? sum + count : sum), 0);
  const total = upTo(Number.POSITIVE_INFINITY);
  const sum = values.reduce((so, [value, count]) => so + value * count, 0);
  return [
    ...bounds.map((bound) => ({ suffix: '_bucket', labels: { ...labels, le: String(bound) }, value: upTo(bound) })),
    { suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: total },
    { suffix: '_sum', labels, value: Number(sum.toPrecision(12)) },
    { suffix: '_count', labels, value: total },
  ];
}
