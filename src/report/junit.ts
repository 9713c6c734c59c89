import type { Report } from '../model/report.ts';
import type { FloodSummary, Summary } from '../model/summary.ts';
import { parseExpression } from '../model/threshold.ts';
import { count } from './format.ts';
import { isCertain, story, titleOf } from './headline.ts';
import { xmlText } from './markup.ts';
import { renderTerminal } from './terminal.ts';
import { observedText } from './thresholds.ts';

/** `junit.xml` of one run. */
export const junitReport: Report = { file: 'junit.xml', render: ({ summary }) => renderJunit([summary]) };

interface Case {
  readonly group: 'verdict' | 'threshold' | 'flood';
  readonly name: string;
  readonly seconds: number;
  /** Nothing when it passed. `failure`: the gateway is not as wanted; `error`: the run cannot tell. */
  readonly problem?: {
    readonly kind: 'failure' | 'error';
    readonly type: string;
    readonly message: string;
    readonly text: string;
  };
}

/**
 * Test results as CI servers read them: one suite a run, in it a case for the verdict, for every threshold and for every
 * flood. A suite is green when `ctload run` exits with 0: failures stand for exit 99, errors for exit 111. No `skipped`, which
 * the XSD of Ant's JUnit task does not have; its order of elements and its required attributes are kept.
 */
export function renderJunit(runs: readonly Summary[]): string {
  return `${['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...runs.map(suite), '</testsuites>'].join('\n')}\n`;
}

function suite(summary: Summary, id: number): string {
  const { run, scenario, environment } = summary;
  const cases = [verdictCase(summary), ...thresholdCases(summary), ...floodCases(summary)];
  const having = (kind: 'failure' | 'error') => cases.filter(({ problem }) => problem?.kind === kind).length;
  const properties = {
    run: run.id,
    command: run.command,
    'ctload.version': run.version,
    seed: run.seed,
    driver: environment.driver,
    kernel: environment.kernel,
    'conntrack.method': summary.conntrack.method,
    'conntrack.effectiveMax': summary.conntrack.effectiveMax,
  };
  const head = attributes({
    name: scenario.name,
    package: 'ctload',
    id,
    timestamp: run.startedAt.replace(/(\.\d+)?Z$/, ''), // the XSD wants no zone
    hostname: 'localhost', // as the XSD has it where none is known
    tests: cases.length,
    failures: having('failure'),
    errors: having('error'),
    time: run.durationSeconds,
  });
  return [
    `  <testsuite${head}>`,
    '    <properties>',
    ...Object.entries(properties).map(([name, value]) => `      <property${attributes({ name, value })}/>`),
    '    </properties>',
    ...cases.map((entry) => testcase(scenario.name, entry)),
    `    <system-out>${xmlText(renderTerminal(summary, { color: false, width: 100 })).replaceAll('&#10;', '\n')}</system-out>`,
    '    <system-err></system-err>',
    '  </testsuite>',
  ].join('\n');
}

function testcase(scenario: string, { group, name, seconds, problem }: Case): string {
  const head = `    <testcase${attributes({ name, classname: `${scenario}.${group}`, time: seconds })}`;
  if (problem === undefined) return `${head}/>`;
  const { kind, type, message, text } = problem;
  const body = xmlText(text).replaceAll('&#10;', '\n');
  return `${head}>\n      <${kind}${attributes({ message, type })}>${body}</${kind}>\n    </testcase>`;
}

function verdictCase(summary: Summary): Case {
  const { verdict, run } = summary;
  const plain: Case = { group: 'verdict', name: 'verdict', seconds: run.durationSeconds };
  if (isCertain(summary)) return plain;
  const message = `${verdict.kind}: ${titleOf(summary)}. ${story(summary)}`;
  return { ...plain, problem: { kind: 'error', type: verdict.validity, message, text: verdict.reasons.join('\n') } };
}

/** An invalid run says nothing about its thresholds. */
function thresholdCases({ thresholds, verdict }: Summary): Case[] {
  return thresholds.map((threshold) => {
    const { metric, expression, ok } = threshold;
    const plain: Case = { group: 'threshold', name: `${metric} ${expression}`, seconds: 0 };
    const parsed = parseExpression(expression);
    const limit = typeof parsed === 'string' ? expression : `${parsed.aggregation} ${parsed.operator} ${parsed.limit}`;
    const seen = `${metric}: observed ${observedText(threshold)}, wanted ${limit}`;
    if (verdict.validity !== 'valid') {
      const message = `not judged, the run is ${verdict.validity}; ${seen}`;
      return { ...plain, problem: { kind: 'error', type: verdict.validity, message, text: verdict.reasons.join('\n') } };
    }
    return ok ? plain : { ...plain, problem: { kind: 'failure', type: 'threshold', message: seen, text: seen } };
  });
}

/** A flood that the full table turned away did its job; one that failed otherwise, or was not carried out, spoiled the run. */
function floodCases({ floods, verdict }: Summary): Case[] {
  return Object.entries(floods).map(([name, flood]) => {
    const plain: Case = { group: 'flood', name, seconds: 0 };
    const objections = verdict.validity === 'valid' ? [] : spoiled(flood);
    if (objections.length === 0) return plain;
    const message = `${objections.join('; ')}; wanted 0`;
    return { ...plain, problem: { kind: 'error', type: verdict.validity, message, text: objections.join('\n') } };
  });
}

function spoiled({ attempted, failures, notStarted }: FloodSummary): string[] {
  const causes = Object.entries(failures).filter(([cause, failed]) => cause !== 'conntrack-full' && failed > 0);
  return [
    ...causes.map(([cause, failed]) => `${count(failed)} of ${count(attempted)} attempts failed: ${cause}`),
    ...(notStarted > 0 ? [`${count(notStarted)} attempts were due but not started`] : []),
  ];
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${xmlText(String(value))}"`)
    .join('');
}
