import { maxTextLength, objectTypes, variables } from './declaration.ts';
import type { FieldDeclaration } from './declaration.ts';

/** How big a value of an expression can be at most. */
export type Shape =
  | { kind: 'scalar' }
  | { kind: 'text'; max: number }
  | { kind: 'list'; max: number; element: Shape }
  | { kind: 'map'; max: number; element: Shape }
  | { kind: 'object'; type: string };

export const scalar: Shape = { kind: 'scalar' };

/** The shape of a variable of the context; null when there is none of this name. */
export function shapeOfVariable(name: string): Shape | null {
  const declared = Object.hasOwn(variables, name) ? variables[name] : undefined;
  return declared === undefined ? null : shapeOf(declared);
}

/** The shape of a field of an object, of a value of a map, of an element of a list. */
export function shapeOfPart(shape: Shape, field: string): Shape {
  if (shape.kind === 'list' || shape.kind === 'map') return shape.element;
  if (shape.kind !== 'object') return scalar;
  const declared = objectTypes[shape.type]?.[field];
  return declared === undefined ? scalar : shapeOf(declared);
}

function shapeOf({ type, maxCount = 0 }: FieldDeclaration): Shape {
  const inner = /^list<(.+)>$/.exec(type)?.[1];
  if (inner !== undefined) return { kind: 'list', max: maxCount, element: shapeOf({ type: inner, description: '' }) };
  if (type.startsWith('map<')) return { kind: 'map', max: maxCount, element: { kind: 'text', max: maxTextLength } };
  if (type === 'string') return { kind: 'text', max: maxTextLength };
  return Object.hasOwn(objectTypes, type) ? { kind: 'object', type } : scalar;
}

/** The bigger of two: what a conditional or a list of both can be. */
export function joinShapes(left: Shape, right: Shape): Shape {
  if (left.kind === 'text' && right.kind === 'text') return { kind: 'text', max: Math.max(left.max, right.max) };
  if ((left.kind === 'list' || left.kind === 'map') && left.kind === right.kind)
    return { kind: left.kind, max: Math.max(left.max, right.max), element: joinShapes(left.element, right.element) };
  return sizeOf(left) >= sizeOf(right) ? left : right;
}

/** Everything in it, in units of one value or sixteen characters. */
export function sizeOf(shape: Shape): number {
  switch (shape.kind) {
    case 'scalar':
    case 'object':
      return 1;
    case 'text':
      return 1 + shape.max / 16;
    case 'list':
    case 'map':
      return 1 + shape.max * sizeOf(shape.element);
  }
}
