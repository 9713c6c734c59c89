/** Like Promise.all, but it rejects only once all have settled, so that none of them is still starting when the caller cleans up. */
export async function allOf<const T extends readonly Promise<unknown>[]>(
  starting: T,
): Promise<{ [I in keyof T]: Awaited<T[I]> }> {
  await Promise.allSettled(starting);
  return (await Promise.all(starting)) as { [I in keyof T]: Awaited<T[I]> };
}
