/** Does something with each item, at most `limit` of them at once; answers in the order of the items. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  limit: number,
  handle: (item: Item) => Promise<Result> | Result,
): Promise<Result[]> {
  const results = new Array<Result>(items.length)
  let next = 0
  const work = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results[at] = await handle(items[at] as Item)
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work))
  return results
}
