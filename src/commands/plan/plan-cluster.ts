import { randomBytes } from 'node:crypto';
import type { ClusterPlan } from '../../model/result/plan/cluster-plan.ts';
import { stderrLog } from '../../platform/log.ts';
import { clusterDocument } from '../../report/plan/cluster-document.ts';
import { type ClusterPlanRequest, makeClusterPlan } from '../../session/cluster-plan.ts';
import { Interrupts } from '../../session/measure/interrupts.ts';
import type { ClusterFlags } from './cluster-flags.ts';
import { type PrintOptions, printed } from './print-plan.ts';

/**
 * Surveys a cluster, and plans for every node of it. Nothing is left there, however it ends.
 * @throws {CtloadError} as surveyCluster and makeClusterPlan.
 */
export async function planCluster(
  { context, image }: ClusterFlags,
  request: ClusterPlanRequest,
  options: PrintOptions,
): Promise<void> {
  const [{ surveyCluster }, { IMAGE_NAME }] = await Promise.all([
    import('../../lab/kubernetes/survey/survey.ts'),
    import('../../lab/kubernetes/image.ts'),
  ]);
  using interrupts = new Interrupts();
  const log = stderrLog(options.quiet);
  const survey = await surveyCluster({
    runId: `plan-${randomBytes(3).toString('hex')}`,
    context,
    image: image ?? IMAGE_NAME,
    log,
    signal: interrupts.graceful,
  });
  const plan: ClusterPlan = await makeClusterPlan(survey, request);
  if (plan.nodes.every(({ read }) => read === null)) {
    log.warn(
      'no node could be read; the image of the pods is what ctload kubernetes image writes, by the name that nodes know it by: --image',
    );
  }
  const document = clusterDocument(plan);
  printed({ data: plan, short: document, long: document }, {}, options);
}
