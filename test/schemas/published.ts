import { fileURLToPath } from 'node:url';
import { schemasOfTypes, type TypeSource } from './type-schema.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** What ctload writes for others to read, `ctload/<name>@1`, and the type that says what is in it. */
export const PUBLISHED = {
  'cluster-plan': { file: 'src/model/result/plan/cluster-plan.ts', type: 'ClusterPlan' },
  comparison: { file: 'src/model/result/comparison.ts', type: 'Comparison' },
  comparisons: { file: 'src/model/result/comparison.ts', type: 'Comparisons' },
  diagnosis: { file: 'src/model/result/diagnosis.ts', type: 'IncidentDiagnosis' },
  doctor: { file: 'src/commands/doctor/doctor.ts', type: 'Diagnosis' },
  find: { file: 'src/model/result/find.ts', type: 'FindReport' },
  'find-repeat': { file: 'src/model/result/find.ts', type: 'FindRepeatReport' },
  inspect: { file: 'src/commands/inspect/inspect.ts', type: 'Inspection' },
  matrix: { file: 'src/model/result/campaign/matrix.ts', type: 'MatrixReport' },
  plan: { file: 'src/model/result/plan/plan.ts', type: 'PlanReport' },
  repeat: { file: 'src/model/result/repeat.ts', type: 'RepeatReport' },
  summary: { file: 'src/model/result/summary.ts', type: 'Summary' },
  watch: { file: 'src/model/result/watch.ts', type: 'WatchSample' },
  timeline: { file: 'src/model/timeline/sample.ts', type: 'TimelineRecord' },
} as const satisfies Readonly<Record<string, TypeSource>>;

export type Published = keyof typeof PUBLISHED;

/** Where the schema is committed. */
export function schemaFile(name: string): string {
  return `${ROOT}/src/report/${name}.schema.json`;
}

/** The text of every schema as it should be committed: what the types say now. */
export function schemaTexts(): (readonly [name: Published, text: string])[] {
  const names = Object.keys(PUBLISHED) as Published[];
  const schemas = schemasOfTypes(ROOT, Object.values(PUBLISHED));
  return names.map((name, index) => {
    const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', title: `ctload/${name}@1`, ...schemas[index] };
    return [name, `${JSON.stringify(schema, null, 2)}\n`];
  });
}
