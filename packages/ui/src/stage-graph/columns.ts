/** The column of each node: one more than the last of those that it needs. Nodes in a circle stay in the first column that they got. */
export function columnsOf(nodes: readonly { id: string; needs: readonly string[] }[]): ReadonlyMap<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const columns = new Map<string, number>();
  const place = (id: string, trail: ReadonlySet<string>): number => {
    const known = columns.get(id);
    if (known !== undefined) return known;
    const needs = (byId.get(id)?.needs ?? []).filter((need) => byId.has(need) && !trail.has(need));
    const column = Math.max(-1, ...needs.map((need) => place(need, new Set([...trail, id])))) + 1;
    columns.set(id, column);
    return column;
  };
  for (const node of nodes) place(node.id, new Set([node.id]));
  return columns;
}
