import { count } from '../../model/format.ts';
import type { Certainty, Finding, IncidentDiagnosis } from '../../model/result/diagnosis.ts';
import type { Block, ReportDocument, Section } from '../document/document.ts';
import { CAUSE_NAMES } from './wording.ts';

const HEADINGS: Readonly<Record<Certainty, string>> = {
  certain: 'Certain',
  likely: 'Likely',
  possible: 'Possible',
  no: 'Ruled out',
  unknown: 'Not known',
};
const DETAILED: readonly Certainty[] = ['certain', 'likely', 'possible'];

/** A diagnosis as a document: the answer, why, what was ruled out, what to collect. */
export function diagnosisDocument({ conclusion, findings, collect, sources, problems }: IncidentDiagnosis): ReportDocument {
  const of = (certainty: Certainty) => findings.filter((finding) => finding.certainty === certainty);
  const sections: Section[] = [
    ...DETAILED.filter((certainty) => of(certainty).length > 0).map((certainty) => ({
      heading: HEADINGS[certainty],
      blocks: of(certainty).flatMap(detail),
    })),
    ...(['no', 'unknown'] as const)
      .filter((certainty) => of(certainty).length > 0)
      .map((certainty) => ({ heading: HEADINGS[certainty], blocks: [items(of(certainty).map(brief))] })),
    ...(collect.length === 0 ? [] : [{ heading: 'To collect next', blocks: [items(collect)] }]),
    { heading: 'Read', blocks: [items(sources.map(({ file, holds }) => `${file}: ${holds.join(', ')}`))] },
    ...(problems.length === 0 ? [] : [{ heading: 'Problems', blocks: [items(problems)] }]),
  ];
  return { title: 'Was it conntrack?', lead: [conclusion.text], sections };
}

function detail(finding: Finding): Block[] {
  const figures = Object.entries(finding.figures);
  const rows = figures.map(([name, { value, rise }]) => [name, rise === null ? '' : count(rise), count(value)]);
  return [
    items([brief(finding)]),
    ...(rows.length === 0 ? [] : [{ kind: 'table', rows: [['counter', 'rose by', 'now'], ...rows] } as const]),
  ];
}

function brief({ cause, certainty, evidence }: Finding): string {
  const says = certainty === 'unknown' ? '' : `: ${evidence.join(' ')}`;
  return `${CAUSE_NAMES[cause]}${says}`;
}

function items(texts: readonly string[]): Block {
  return { kind: 'list', items: texts };
}
