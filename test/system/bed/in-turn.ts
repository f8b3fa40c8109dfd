/** Does something with each item, one after the other. */
export async function inTurn<T>(
  items: readonly T[],
  action: (item: T) => Promise<void>,
): Promise<void> {
  const [item, ...rest] = items;
  if (item === undefined) return;
  await action(item);
  await inTurn(rest, action);
}
