import { isDeepStrictEqual } from 'node:util';
import { ConditionError, type BinaryOperator, type Expression, type FunctionName } from './expression.ts';
import { parseCondition } from './parse-condition.ts';

/** Whether the condition holds for the measured value. Throws `ConditionError` when it cannot be read, or says neither yes nor no. */
export function conditionHolds(condition: string, result: unknown): boolean {
  const value = evaluate(parseCondition(condition), result);
  if (typeof value !== 'boolean') throw new ConditionError(`expected bool, but got ${typeName(value)}`);
  return value;
}

function evaluate(expression: Expression, result: unknown): unknown {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'name':
      return result;
    case 'list':
      return expression.items.map((item) => evaluate(item, result));
    case 'member':
      return member(evaluate(expression.object, result), evaluate(expression.key, result));
    case 'call':
      return call(
        expression.name,
        expression.args.map((arg) => evaluate(arg, result)),
        result,
      );
    case 'unary': {
      const operand = evaluate(expression.operand, result);
      return expression.operator === '!' ? !asBool(operand) : -asNumber(operand, '-');
    }
    case 'choice':
      return evaluate(asBool(evaluate(expression.test, result)) ? expression.yes : expression.no, result);
    case 'binary':
      return binary(expression, result);
  }
}

function member(object: unknown, key: unknown): unknown {
  if (Array.isArray(object) && typeof key === 'number') {
    const item: unknown = object.at(key);
    if (item === undefined) throw new ConditionError(`index out of range: ${key} (array length is ${object.length})`);
    return item;
  }
  if (typeof object === 'object' && object !== null && !Array.isArray(object)) {
    return Object.entries(object).find(([name]) => name === String(key))?.[1] ?? null;
  }
  throw new ConditionError(`cannot fetch ${String(key)} from ${typeName(object)}`);
}

function call(name: FunctionName, args: readonly unknown[], result: unknown): unknown {
  const [value, fallback] = args;
  switch (name) {
    case 'len':
      return lengthOf(value);
    case 'asInt':
    case 'int':
      return Math.trunc(toNumber(value, name));
    case 'asFloat':
    case 'float':
      return toNumber(value, name);
    case 'isNaN':
      return Number.isNaN(asNumber(value, name));
    case 'isInf':
      return Math.abs(asNumber(value, name)) === Number.POSITIVE_INFINITY;
    case 'isNil':
      return (args.length === 0 ? result : value) === null;
    case 'default':
      return value ?? fallback;
  }
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length;
  throw new ConditionError(`invalid argument for len (type ${typeName(value)})`);
}

function binary(expression: Extract<Expression, { kind: 'binary' }>, result: unknown): unknown {
  const { operator } = expression;
  const left = evaluate(expression.left, result);
  if (operator === '&&') return asBool(left) && asBool(evaluate(expression.right, result));
  if (operator === '||') return asBool(left) || asBool(evaluate(expression.right, result));
  if (operator === '??') return left ?? evaluate(expression.right, result);
  const right = evaluate(expression.right, result);
  if (operator === '==') return isDeepStrictEqual(left, right);
  if (operator === '!=') return !isDeepStrictEqual(left, right);
  if (operator === 'in') return contains(right, left);
  if (typeof left === 'string' && typeof right === 'string') return combineTexts(operator, left, right);
  return combineNumbers(operator, asNumber(left, operator), asNumber(right, operator));
}

function contains(whole: unknown, part: unknown): boolean {
  if (Array.isArray(whole)) return whole.some((item) => isDeepStrictEqual(item, part));
  if (typeof whole === 'object' && whole !== null) return Object.hasOwn(whole, String(part));
  throw new ConditionError(`operator "in" not defined on ${typeName(whole)}`);
}

function combineTexts(operator: BinaryOperator, left: string, right: string): unknown {
  switch (operator) {
    case '+':
      return left + right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      throw new ConditionError(`invalid operation: ${operator} (mismatched types string and string)`);
  }
}

function combineNumbers(operator: BinaryOperator, left: number, right: number): unknown {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      throw new ConditionError(`invalid operation: ${operator}`);
  }
}

function asBool(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new ConditionError(`expected bool, but got ${typeName(value)}`);
}

function asNumber(value: unknown, where: string): number {
  if (typeof value === 'number') return value;
  throw new ConditionError(`invalid operation: ${where} not defined on ${typeName(value)}`);
}

function toNumber(value: unknown, where: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && !Number.isNaN(number)) return number;
  throw new ConditionError(`${where}() not supported on ${typeName(value)} ${JSON.stringify(value)}`);
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'nil';
  if (Array.isArray(value)) return '[]interface {}';
  return { boolean: 'bool', number: 'float64', string: 'string', object: 'map[string]interface {}' }[String(typeof value)] ?? typeof value;
}
