/** A node of the syntax tree (ESTree with TypeScript), as oxlint hands it to a rule. */
export interface AstNode {
  readonly type: string;
  readonly range: readonly [number, number];
  readonly loc: { readonly start: { readonly line: number }; readonly end: { readonly line: number } };
  readonly parent?: unknown;
  readonly [field: string]: unknown;
}

/** A comment with the text between its marks. */
export interface AstComment extends AstNode {
  readonly value: string;
}

/** What oxlint gives a rule for one file. */
export interface RuleContext {
  /** Absolute path. */
  readonly filename: string;
  readonly sourceCode: { getAllComments(): readonly AstComment[] };
  report(problem: { node: AstNode; message: string }): void;
}

/** Called for each node of the type that it is listed under. */
export type Visitor = Record<string, (node: AstNode) => void>;

/** A lint rule: what it looks at in one file. An empty visitor means that the file is none of its business. */
export interface Rule {
  readonly meta: { readonly docs: { readonly description: string } };
  create(context: RuleContext): Visitor;
}

/** Builds a rule from one sentence and its visitor. */
export function defineRule(description: string, create: (context: RuleContext) => Visitor): Rule {
  return { meta: { docs: { description } }, create };
}

function isNode(value: unknown): value is AstNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The node in a field, or undefined where there is none. */
export function child(node: AstNode | undefined, field: string): AstNode | undefined {
  const value = node?.[field];
  return isNode(value) ? value : undefined;
}

/** The nodes in a list field; holes of a pattern are left out. */
export function children(node: AstNode | undefined, field: string): readonly AstNode[] {
  const value = node?.[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The string in a field, or the empty string. */
export function textOf(node: AstNode | undefined, field: string): string {
  const value = node?.[field];
  return typeof value === 'string' ? value : '';
}

/** `a.b.c` of an identifier, a chain of members or a call (`a.b()` gives `a.b`); empty for anything else. */
export function dottedName(node: AstNode | undefined): string {
  switch (node?.type) {
    case 'Identifier':
    case 'PrivateIdentifier':
      return textOf(node, 'name');
    case 'ThisExpression':
      return 'this';
    case 'ChainExpression':
    case 'AwaitExpression':
    case 'TSNonNullExpression':
      return dottedName(child(node, 'expression') ?? child(node, 'argument'));
    case 'CallExpression':
      return dottedName(child(node, 'callee'));
    case 'MemberExpression':
      return `${dottedName(child(node, 'object'))}.${dottedName(child(node, 'property'))}`;
    default:
      return '';
  }
}

/** The name of a property in an object literal, whether quoted or not. */
export function keyOf(property: AstNode): string {
  const key = child(property, 'key');
  return textOf(key, 'name') || textOf(key, 'value');
}

/** The property of that name in an object literal. */
export function propertyOf(object: AstNode | undefined, name: string): AstNode | undefined {
  return children(object, 'properties').find((property) => property.type === 'Property' && keyOf(property) === name);
}

/** Calls `visit` for the node and everything below it. */
function walk(node: AstNode, visit: (node: AstNode) => void): void {
  visit(node);
  for (const [field, value] of Object.entries(node)) {
    if (field === 'parent') continue;
    for (const item of Array.isArray(value) ? value : [value]) if (isNode(item)) walk(item, visit);
  }
}

/** Whether the node or anything below it answers to the test. */
export function some(node: AstNode | undefined, test: (node: AstNode) => boolean): boolean {
  let found = false;
  if (node !== undefined)
    walk(node, (inner) => {
      found ||= test(inner);
    });
  return found;
}

/** The nearest node above that answers to the test. */
export function above(node: AstNode, test: (node: AstNode) => boolean): AstNode | undefined {
  let current = node.parent;
  while (isNode(current)) {
    if (test(current)) return current;
    current = current.parent;
  }
  return undefined;
}

/** One import or re-export, static or dynamic. */
export interface Import {
  readonly source: string;
  /** Nothing of it is left at run time. */
  readonly typeOnly: boolean;
  readonly node: AstNode;
}

/** A visitor that calls `visit` for each module that the file reaches. */
export function onImport(visit: (found: Import) => void): Visitor {
  const seen = (node: AstNode): void => {
    const source = textOf(child(node, 'source'), 'value');
    if (source === '') return;
    const specifiers = children(node, 'specifiers');
    const eachIsType =
      specifiers.length > 0 && specifiers.every((one) => textOf(one, 'importKind') === 'type' || textOf(one, 'exportKind') === 'type');
    visit({ source, typeOnly: textOf(node, 'importKind') === 'type' || textOf(node, 'exportKind') === 'type' || eachIsType, node });
  };
  return { ImportDeclaration: seen, ExportNamedDeclaration: seen, ExportAllDeclaration: seen, ImportExpression: seen };
}

/** An exported function of the file, declared or as an arrow in a constant. */
export interface ExportedFunction {
  readonly name: string;
  readonly parameters: readonly AstNode[];
  readonly body: AstNode | undefined;
  readonly node: AstNode;
}

const functionTypes = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** Whether the node is a function of any form. */
export function isFunction(node: AstNode): boolean {
  return functionTypes.has(node.type);
}

/** The functions in an `export` statement. */
export function exportedFunctions(statement: AstNode): readonly ExportedFunction[] {
  const declaration = child(statement, 'declaration');
  if (declaration?.type === 'FunctionDeclaration') return [asExported(textOf(child(declaration, 'id'), 'name'), declaration)];
  return children(declaration, 'declarations').flatMap((declarator) => {
    const value = child(declarator, 'init');
    return value !== undefined && isFunction(value) ? [asExported(textOf(child(declarator, 'id'), 'name'), value)] : [];
  });
}

function asExported(name: string, node: AstNode): ExportedFunction {
  return { name, parameters: children(node, 'params'), body: child(node, 'body'), node };
}
