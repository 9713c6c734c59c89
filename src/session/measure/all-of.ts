/** Like Promise.all, but an error is thrown only once everything has either started or failed: nothing starts unseen. */
export async function allOf<const T extends readonly Promise<unknown>[]>(
  starting: T,
): Promise<{ [I in keyof T]: Awaited<T[I]> }> {
  await Promise.allSettled(starting);
  return (await Promise.all(starting)) as { [I in keyof T]: Awaited<T[I]> };
}
