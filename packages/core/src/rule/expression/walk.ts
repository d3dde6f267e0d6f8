import type { ASTNode } from '@marcbachmann/cel-js';

/** Calls `see` with every node of the expression, outer ones first. */
export function visit(ast: ASTNode, see: (node: ASTNode, parent: ASTNode | null) => void): void {
  const pending: { node: ASTNode; parent: ASTNode | null }[] = [{ node: ast, parent: null }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    see(next.node, next.parent);
    for (const child of childrenOf(next.node)) pending.push({ node: child, parent: next.node });
  }
}

/** The nodes right below. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args;
  }
}
