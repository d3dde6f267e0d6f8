/** How many connections or people there are at once, as a busy client has them. */
const atOnce = 16;

/** Does the same with each of them, sixteen at a time, and gives the results in their order. */
export async function inParallel<Item, Value>(items: readonly Item[], act: (item: Item) => Promise<Value>): Promise<Value[]> {
  const results: Value[] = [];
  const queue = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await act(item);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}
