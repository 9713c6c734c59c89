import { xmlText } from '../text/markup.ts';

/** One test of a suite. */
export interface Case {
  readonly group: string;
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

/** What was done once, and what came of it. */
export interface Suite {
  /** Also the first part of the class names. */
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly seconds: number;
  readonly properties: Readonly<Record<string, string | number>>;
  readonly cases: readonly Case[];
  /** The report as a terminal would show it. */
  readonly output: string;
}

/**
 * Test results as CI servers read them. No `skipped`, which the XSD of Ant's JUnit task does not have; its order of elements and
 * its required attributes are kept.
 */
export function renderSuites(suites: readonly Suite[]): string {
  return `${['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...suites.map(render), '</testsuites>'].join('\n')}\n`;
}

/** The suite of a run or search that came to nothing. */
export function failedSuite(failed: {
  readonly startedAt: Date;
  readonly seconds: number;
  /** File of the scenario. */
  readonly scenario: string;
  readonly command: string;
  /** `exit 104`. */
  readonly type: string;
  readonly message: string;
}): Suite {
  const { startedAt, seconds, scenario, command, type, message } = failed;
  return {
    name: 'ctload',
    startedAt: startedAt.toISOString(),
    seconds,
    properties: { command },
    cases: [{ group: 'run', name: scenario, seconds, problem: { kind: 'error', type, message, text: message } }],
    output: '',
  };
}

function render({ name, startedAt, seconds, properties, cases, output }: Suite, id: number): string {
  const having = (kind: 'failure' | 'error') => cases.filter(({ problem }) => problem?.kind === kind).length;
  const head = attributes({
    name,
    package: 'ctload',
    id,
    timestamp: startedAt.replace(/(\.\d+)?Z$/, ''), // the XSD wants no zone
    hostname: 'localhost', // as the XSD has it where none is known
    tests: cases.length,
    failures: having('failure'),
    errors: having('error'),
    time: seconds,
  });
  return [
    `  <testsuite${head}>`,
    '    <properties>',
    ...Object.entries(properties).map(([key, value]) => `      <property${attributes({ name: key, value })}/>`),
    '    </properties>',
    ...cases.map((entry) => testcase(name, entry)),
    `    <system-out>${textOf(output)}</system-out>`,
    '    <system-err></system-err>',
    '  </testsuite>',
  ].join('\n');
}

function testcase(suite: string, { group, name, seconds, problem }: Case): string {
  const head = `    <testcase${attributes({ name, classname: `${suite}.${group}`, time: seconds })}`;
  if (problem === undefined) return `${head}/>`;
  const { kind, type, message, text } = problem;
  return `${head}>\n      <${kind}${attributes({ message, type })}>${textOf(text)}</${kind}>\n    </testcase>`;
}

/** Between tags a line break may stay one. */
function textOf(text: string): string {
  return xmlText(text).replaceAll('&#10;', '\n');
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${xmlText(String(value))}"`)
    .join('');
}
