import type { ASTNode } from '@marcbachmann/cel-js';
import { joinShapes, scalar, shapeOfPart, shapeOfVariable, sizeOf } from './shape.ts';
import type { Shape } from './shape.ts';

/** About what one expression may take: a unit is one node, some 60 ns. 30,000 units are 2 ms. */
export const maxCost = 30_000;
/** The biggest value that may come about on the way, in the units of `sizeOf`. */
const maxSize = 20_000;
/** Reading a calendar in a named zone is as slow as this many nodes. */
const zoneCost = 2_800;

interface Bound {
  cost: number;
  shape: Shape;
}
type Names = ReadonlyMap<string, Shape>;

/** The place of an expression that is not allowed, with the reason. */
export class RefusedExpression extends Error {
  override readonly name = 'RefusedExpression';
  readonly node: ASTNode;
  constructor(message: string, node: ASTNode) {
    super(message);
    this.node = node;
  }
}

/**
 * The most that evaluating the expression can cost, worked out before it ever runs from the greatest counts of the context, as Kubernetes does
 * for its CEL rules. It throws `RefusedExpression` when that is more than `maxCost`, when a value can grow beyond `maxSize`, or when
 * a function is used that rules do not have. So nothing has to be measured while rules run.
 */
export function boundCost(ast: ASTNode): number {
  const { cost } = boundOf(ast, new Map());
  if (cost > maxCost)
    throw new RefusedExpression(
      `this could take ${Math.ceil(cost / maxCost)} times the work that a rule may cause: look at fewer things inside each other`,
      ast,
    );
  return cost;
}

function boundOf(node: ASTNode, names: Names): Bound {
  const bound = boundByOperator(node, names);
  if (sizeOf(bound.shape) > maxSize) throw new RefusedExpression('the result of this could grow too big', node);
  return bound;
}

function boundByOperator(node: ASTNode, names: Names): Bound {
  switch (node.op) {
    case 'value':
      return { cost: 1, shape: typeof node.args === 'string' ? { kind: 'text', max: node.args.length } : scalar };
    case 'id':
      return { cost: 1, shape: names.get(node.args) ?? shapeOfVariable(node.args) ?? scalar };
    case 'list':
      return boundOfParts('list', node.args, names);
    case 'map':
      return boundOfParts('map', node.args.flat(), names);
    case 'call':
      return boundOfCall(node, node.args, names);
    case 'rcall':
      return boundOfMethod(node, node.args, names);
    case '?:':
      return boundOfChoice(node.args, names);
    default:
      return boundOfOperator(node, names);
  }
}

type Operator = Exclude<ASTNode, { op: 'value' | 'id' | 'list' | 'map' | 'call' | 'rcall' | '?:' }>;

function boundOfOperator(node: Operator, names: Names): Bound {
  if (node.op === '!_' || node.op === '-_') return { cost: boundOf(node.args, names).cost + 1, shape: scalar };
  if (node.op === '.' || node.op === '.?') {
    const whole = boundOf(node.args[0], names);
    return { cost: whole.cost + 1, shape: shapeOfPart(whole.shape, node.args[1]) };
  }
  if (node.op !== '[]' && node.op !== '[?]') return boundOfTwo(node.op, node.args, names);
  const [whole, key] = [boundOf(node.args[0], names), boundOf(node.args[1], names)];
  return { cost: whole.cost + key.cost + 1, shape: shapeOfPart(whole.shape, '') };
}

function boundOfChoice([test, then, otherwise]: readonly [ASTNode, ASTNode, ASTNode], names: Names): Bound {
  const [condition, yes, no] = [boundOf(test, names), boundOf(then, names), boundOf(otherwise, names)];
  return { cost: condition.cost + Math.max(yes.cost, no.cost) + 1, shape: joinShapes(yes.shape, no.shape) };
}

function boundOfParts(kind: 'list' | 'map', parts: readonly ASTNode[], names: Names): Bound {
  const bounds = parts.map((part) => boundOf(part, names));
  const element = bounds.reduce<Shape>((biggest, { shape }) => joinShapes(biggest, shape), scalar);
  return { cost: 1 + sum(bounds), shape: { kind, max: parts.length, element } };
}

function boundOfTwo(op: string, [first, second]: readonly [ASTNode, ASTNode], names: Names): Bound {
  const [left, right] = [boundOf(first, names), boundOf(second, names)];
  const cost = left.cost + right.cost + 1;
  if (op === '+') return { cost: cost + sizeOf(left.shape) + sizeOf(right.shape), shape: added(left.shape, right.shape) };
  if (op === 'in') return { cost: cost + sizeOf(right.shape), shape: scalar };
  const compares = op === '==' || op === '!=' || op === '<' || op === '<=' || op === '>' || op === '>=';
  return { cost: compares ? cost + Math.min(sizeOf(left.shape), sizeOf(right.shape)) - 1 : cost, shape: scalar };
}

function added(left: Shape, right: Shape): Shape {
  if (left.kind === 'text' && right.kind === 'text') return { kind: 'text', max: left.max + right.max };
  if (left.kind === 'list' && right.kind === 'list')
    return { kind: 'list', max: left.max + right.max, element: joinShapes(left.element, right.element) };
  return scalar;
}

const plainCalls = new Set(['size', 'int', 'uint', 'double', 'bool', 'timestamp', 'duration', 'has']);

function boundOfCall(node: ASTNode, [name, parameters]: readonly [string, readonly ASTNode[]], names: Names): Bound {
  const bounds = parameters.map((parameter) => boundOf(parameter, names));
  const first = bounds[0]?.shape ?? scalar;
  if (plainCalls.has(name)) return { cost: 2 + sum(bounds) + (first.kind === 'text' ? sizeOf(first) : 0), shape: scalar };
  if (name === 'string') return { cost: 4 + sum(bounds), shape: first.kind === 'text' ? first : { kind: 'text', max: 64 } };
  throw new RefusedExpression(`rules do not have ${name}()`, node);
}

const textQuestions = new Set(['startsWith', 'endsWith', 'contains', 'indexOf', 'lastIndexOf']);
const textChanges = new Set(['lowerAscii', 'upperAscii', 'trim', 'substring']);
const loops = new Set(['exists', 'all', 'exists_one', 'filter', 'map']);

type Method = readonly [string, ASTNode, readonly ASTNode[]];

function boundOfMethod(node: ASTNode, method: Method, names: Names): Bound {
  const [name, receiver, parameters] = method;
  if (name === 'bind') return boundOfBinding(node, parameters, names);
  const on = boundOf(receiver, names);
  if (loops.has(name)) return boundOfLoop(method, on, names);
  const bounds = parameters.map((parameter) => boundOf(parameter, names));
  const own = boundOfFunction(name, on.shape, bounds);
  if (own === null) throw new RefusedExpression(`rules do not have ${name}()${insteadOf(name)}`, node);
  return { cost: 2 + on.cost + sum(bounds) + own.cost, shape: own.shape };
}

function insteadOf(name: string): string {
  return name === 'matches' ? ': use glob("release-*"), startsWith, endsWith or contains' : '';
}

/** What a function of a value costs beside its receiver and parameters; null when rules do not have it. */
function boundOfFunction(name: string, on: Shape, parameters: readonly Bound[]): Bound | null {
  const first = parameters[0]?.shape ?? scalar;
  if (name === 'size') return { cost: on.kind === 'text' ? sizeOf(on) : 0, shape: scalar };
  if (name === 'glob') return { cost: 8 * sizeOf(on) * sizeOf(first), shape: scalar };
  if (textQuestions.has(name)) return { cost: sizeOf(on) / 4, shape: scalar };
  if (textChanges.has(name)) return { cost: sizeOf(on), shape: on };
  if (name === 'join') return { cost: sizeOf(on), shape: joined(on, first) };
  if (/^get[A-Z][A-Za-z]+$/.test(name)) return { cost: parameters.length > 0 ? zoneCost : 0, shape: scalar };
  return null;
}

function joined(list: Shape, separator: Shape): Shape {
  if (list.kind !== 'list') return scalar;
  const between = separator.kind === 'text' ? separator.max : 0;
  return { kind: 'text', max: list.max * ((list.element.kind === 'text' ? list.element.max : 0) + between) };
}

function boundOfBinding(node: ASTNode, [name, value, result]: readonly ASTNode[], names: Names): Bound {
  if (name?.op !== 'id' || value === undefined || result === undefined)
    throw new RefusedExpression('bind takes a name, a value and an expression', node);
  const bound = boundOf(value, names);
  const inner = boundOf(result, new Map([...names, [name.args, bound.shape]]));
  return { cost: 1 + bound.cost + inner.cost, shape: inner.shape };
}

function boundOfLoop([name, receiver, parameters]: Method, on: Bound, names: Names): Bound {
  const [variable, ...bodies] = parameters;
  if (variable?.op !== 'id') throw new RefusedExpression(`${name} takes the name of an element first`, variable ?? receiver);
  const max = on.shape.kind === 'list' || on.shape.kind === 'map' ? on.shape.max : 0;
  const element = on.shape.kind === 'list' ? on.shape.element : on.shape.kind === 'map' ? ({ kind: 'text', max: 64 } as const) : scalar;
  const inside = new Map([...names, [variable.args, element]]);
  const bounds = bodies.map((body) => boundOf(body, inside));
  const cost = 2 + on.cost + max * (2 + sum(bounds));
  if (name === 'filter') return { cost, shape: { kind: 'list', max, element } };
  if (name === 'map') return { cost, shape: { kind: 'list', max, element: bounds.at(-1)?.shape ?? scalar } };
  return { cost, shape: scalar };
}

function sum(bounds: readonly Bound[]): number {
  return bounds.reduce((total, { cost }) => total + cost, 0);
}
