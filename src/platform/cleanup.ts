/** A stack of undo steps, run in reverse on disposal. One failing step never keeps the others from running. */
export class Cleanup implements AsyncDisposable {
  readonly #steps: { readonly what: string; readonly undo: () => unknown }[] = [];

  /** Registers `undo`; `what` names the thing in the error when undoing fails. */
  defer(what: string, undo: () => unknown): void {
    this.#steps.push({ what, undo });
  }

  /** Undoes everything, last first; safe to call twice. Throws an AggregateError naming every step that failed. */
  async [Symbol.asyncDispose](): Promise<void> {
    const errors: Error[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step.undo();
      } catch (cause) {
        errors.push(new Error(`${step.what}: ${cause instanceof Error ? cause.message : cause}`, { cause }));
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, errors.map((e) => e.message).join('; '));
  }
}
