import { bytes, count, percent } from '../../model/format.ts';
import type { PlanReport } from '../../model/result/plan/plan.ts';
import { formatDuration } from '../../model/units.ts';
import type { Block, ReportDocument, Section } from '../document/document.ts';
import { figure } from './figure.ts';
import { answerBlocks, storyOf } from './plan-answer.ts';
import { remediesSection } from './plan-remedies.ts';
import { requirementsSection } from './plan-requirements.ts';
import { tableSection } from './plan-table.ts';
import { verificationSection } from './plan-verification.ts';

/** Which configuration files to print in full; for a terminal all of them are too long. */
export interface PlanDocumentOptions {
  readonly paste: 'all' | 'short';
}

const SHORT = ['kube-proxy-configmap.yaml', '90-conntrack.conf'];

/** The plan as a document to attach to a ticket: assumptions, then the answer, then the working. */
export function planDocument(plan: PlanReport, options: PlanDocumentOptions): ReportDocument {
  const sections: Section[] = [
    { heading: 'Assumptions', blocks: [{ kind: 'list', items: plan.assumptions }] },
    { heading: 'Answer', blocks: answerBlocks(plan) },
    ...(plan.remedies.length === 0 ? [] : [remediesSection(plan)]),
    ...(plan.requirements.length === 0 ? [] : [requirementsSection(plan.requirements)]),
    ...(plan.table === null ? [] : [tableSection(plan.table, plan.load)]),
    ...(plan.limits.length > 0 ? [{ heading: 'Instance types', blocks: [typeTable(plan)] }] : []),
    { heading: 'Working: the limit', blocks: limitBlocks(plan) },
    ...(plan.traffic.length > 0 && plan.entriesPerConnection > 0
      ? [{ heading: 'Working: the load', blocks: loadBlocks(plan) }]
      : []),
    ...(plan.sensitivity.length > 0 ? [{ heading: 'Sensitivity', blocks: sensitivityBlocks(plan) }] : []),
    ...(plan.calibration === null
      ? []
      : [
          {
            heading: `Calibration: ${plan.calibration.folder}`,
            blocks: [{ kind: 'list', items: plan.calibration.notes } as const],
          },
        ]),
    ...(plan.verification === null ? [] : [verificationSection(plan.verification)]),
    { heading: 'What to paste', blocks: pasteBlocks(plan, options) },
  ];
  return { title: `Conntrack plan for ${plan.node.source}`, lead: storyOf(plan), sections };
}

function limitBlocks({ limit, readings }: PlanReport): Block[] {
  const rows = readings.map(({ kubeProxy, policy, max, buckets }) => [kubeProxy, policy, count(max), count(buckets)]);
  return [
    { kind: 'list', items: limit.steps },
    ...(rows.length === 0
      ? []
      : [
          { kind: 'text', text: 'The same node with every kube-proxy release:' } as const,
          { kind: 'table', rows: [['kube-proxy', 'writes', 'max', 'buckets'], ...rows] } as const,
        ]),
  ];
}

function loadBlocks({ load, traffic, timeouts }: PlanReport): Block[] {
  const states = Object.entries(load.byState).map(([state, entries]) => [
    state,
    count(entries),
    percent(share(entries, load.entries)),
  ]);
  const streams = traffic.map((stream) =>
    stream.kind === 'held'
      ? `${stream.name}: ${count(stream.connections)} held`
      : `${stream.name}: ${figure(stream.rate)}/s${stream.kind === 'requests' && stream.lifetimeSeconds > 0 ? `, each open for ${formatDuration(stream.lifetimeSeconds)}` : ''}`,
  );
  const changed = Object.entries(timeouts).map(([name, seconds]) => `${name} ${formatDuration(seconds)}`);
  return [
    {
      kind: 'list',
      items: [
        ...streams,
        `timeouts: ${changed.length === 0 ? 'the kernel’s defaults' : `${changed.join(', ')}, else the kernel’s defaults`}`,
      ],
    },
    { kind: 'table', rows: [['state', 'entries', 'share'], ...states] },
    {
      kind: 'text',
      text: `Steady state: ${count(load.entries)} entries (rate × (lifetime + timeout)). Peak: ${count(load.peakEntries)}, because an expired entry stays counted until the kernel’s gc or a new connection in its bucket removes it, here after ${figure(load.gcLagSeconds)} s.`,
    },
  ];
}

function sensitivityBlocks({ sensitivity }: PlanReport): Block[] {
  const rows = sensitivity.map(({ knob, unit, value, halved, doubled, breaksAt }) => [
    knob,
    `${figure(value)} ${unit}`.trim(),
    percent(halved),
    percent(doubled),
    breaksAt === null ? '-' : `${figure(breaksAt)} ${unit}`.trim(),
  ]);
  return [{ kind: 'table', rows: [['knob', 'now', 'use if halved', 'use if doubled', 'full at (no headroom)'], ...rows] }];
}

function typeTable({ limits }: PlanReport): Block {
  const rows = limits.map((one) => [
    one.instanceType,
    String(one.cores),
    bytes(one.memBytes),
    count(one.max),
    count(one.buckets),
    percent(one.peakUtilization),
    one.keepsHeadroom ? 'holds' : one.holds ? 'no headroom' : 'too small',
  ]);
  return { kind: 'table', rows: [['type', 'vCPU', 'memory', 'max', 'buckets', 'peak use', 'verdict'], ...rows] };
}

function pasteBlocks(plan: PlanReport, { paste: which }: PlanDocumentOptions): Block[] {
  const { paste, writes } = plan;
  const files = Object.entries(paste);
  const enough = plan.traffic.length > 0 && plan.recommend.max <= plan.limit.max;
  const short = writes.length > 0 ? writes.flatMap((one) => one.files) : enough ? [] : SHORT;
  const shown = which === 'all' ? files : files.filter(([name]) => short.includes(name));
  const remarks = writes.flatMap((one) => one.remarks);
  const rest = files.filter((file) => !shown.includes(file)).map(([name]) => name);
  return [
    ...(shown.length === 0 ? [{ kind: 'text', text: 'Nothing has to be set: the present limit is enough.' } as const] : []),
    ...shown.map(([name, code]): Block => ({ kind: 'code', name, code })),
    ...(remarks.length === 0 ? [] : [{ kind: 'list', items: remarks } as const]),
    ...(rest.length === 0
      ? []
      : [
          {
            kind: 'text',
            text: `Also available: ${rest.join(', ')} (--output DIR writes them, --format markdown prints them).`,
          } as const,
        ]),
  ];
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
