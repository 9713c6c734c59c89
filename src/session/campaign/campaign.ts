/** Several runs that belong together: repeats, the trials of a search, the variants of a matrix. They differ in what comes next. */
export interface Campaign<Planned, Finished> {
  /** What to do after all that is `done`; undefined when nothing is left. */
  next(done: readonly Finished[]): Planned | undefined;
}

/** A campaign whose runs are known from the start. */
export function inOrder<Planned>(planned: readonly Planned[]): Campaign<Planned, unknown> {
  return { next: (done) => planned[done.length] };
}

/**
 * Carries out a campaign, one run at a time, until nothing is left or `isOver`. Returns what the runs came to.
 * @throws what `run` throws: nothing is run after that.
 */
export async function runCampaign<Planned, Finished>(
  campaign: Campaign<Planned, NoInfer<Finished>>,
  run: (planned: Planned) => Promise<Finished>,
  isOver: () => boolean = () => false,
): Promise<readonly Finished[]> {
  const done: Finished[] = [];
  while (!isOver()) {
    const planned = campaign.next(done);
    if (planned === undefined) break;
    done.push(await run(planned));
  }
  return done;
}
