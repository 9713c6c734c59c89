interface Step {
  readonly what: string;
  readonly undo: () => unknown;
}

/** A stack of undo steps, run in reverse on disposal. One failing step never keeps the others from running. */
export class Cleanup implements AsyncDisposable {
  readonly #steps: Step[][] = [];

  /** Registers `undo`; `what` names the thing in the error when undoing fails. */
  defer(what: string, undo: () => unknown): void {
    this.#steps.push([{ what, undo }]);
  }

  /** Registers `undo` to run at the same time as the step registered before it. */
  alongside(what: string, undo: () => unknown): void {
    const last = this.#steps.at(-1);
    if (last === undefined) this.defer(what, undo);
    else last.push({ what, undo });
  }

  /** Undoes everything, last first; safe to call twice. Throws an AggregateError naming every step that failed. */
  async [Symbol.asyncDispose](): Promise<void> {
    const errors: Error[] = [];
    for (let steps = this.#steps.pop(); steps !== undefined; steps = this.#steps.pop()) {
      await Promise.all(
        steps.map(async ({ what, undo }) => {
          try {
            await undo();
          } catch (cause) {
            errors.push(new Error(`${what}: ${cause instanceof Error ? cause.message : cause}`, { cause }));
          }
        }),
      );
    }
    if (errors.length > 0) throw new AggregateError(errors, errors.map((e) => e.message).join('; '));
  }
}
