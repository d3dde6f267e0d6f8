import { type Cursor, evaluateBoolean, ExpressionError, take } from './boolean-expression.ts';

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|&&|\|\||==|!=|<=|>=|=~|!~|[()<>!,]|-?\d+(?:\.\d+)?(?![\w.])|[A-Za-z_]\w*)/y;

type Value = string | number | boolean;

/**
 * Whether a step runs: Argo's `when`, after its tags are replaced. It compares strings, numbers and booleans
 * (`==`, `!=`, `<`, `>=`, `=~`, `in (…)`) and joins them; a bare word is a string. Throws `ExpressionError`.
 */
export function evaluateWhen(when: string | undefined): boolean {
  if (when === undefined || when.trim() === '') return true;
  try {
    return evaluateBoolean(tokenize(when), compare);
  } catch (error) {
    if (error instanceof ExpressionError) throw new ExpressionError(`Invalid 'when' expression '${when}': ${error.message}`);
    throw error;
  }
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  const pattern = new RegExp(TOKEN);
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const from = pattern.lastIndex;
    const token = pattern.exec(text)?.[1];
    if (token === undefined) {
      throw new ExpressionError(`Invalid token: '${text.slice(from).trim()}' (hint: try wrapping the affected expression in quotes ("))`);
    }
    tokens.push(token);
  }
  return tokens;
}

function compare(cursor: Cursor): boolean {
  const left = operand(cursor);
  const operator = cursor.tokens[cursor.at];
  if (operator === 'in') {
    cursor.at += 1;
    return list(cursor).includes(left);
  }
  if (operator === undefined || !/^(?:==|!=|<=|>=|<|>|=~|!~)$/.test(operator)) {
    if (typeof left === 'boolean') return left;
    throw new ExpressionError(`Expected boolean evaluation. Got ${left}`);
  }
  cursor.at += 1;
  return apply(operator, left, operand(cursor));
}

function apply(operator: string, left: Value, right: Value): boolean {
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '=~':
      return pattern(right).test(String(left));
    case '!~':
      return !pattern(right).test(String(left));
    default:
      return applyOrder(operator, left, right);
  }
}

function applyOrder(operator: string, left: Value, right: Value): boolean {
  if (typeof left !== typeof right || typeof left === 'boolean') {
    throw new ExpressionError(`'${operator}' cannot compare ${JSON.stringify(left)} with ${JSON.stringify(right)}`);
  }
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}

function pattern(value: Value): RegExp {
  try {
    return new RegExp(String(value));
  } catch {
    throw new ExpressionError(`'${value}' is not a regular expression`);
  }
}

function list(cursor: Cursor): Value[] {
  if (!take(cursor, '(')) throw new ExpressionError("'(' is missing after 'in'");
  const values = [operand(cursor)];
  while (take(cursor, ',')) values.push(operand(cursor));
  if (!take(cursor, ')')) throw new ExpressionError("')' is missing");
  return values;
}

function operand(cursor: Cursor): Value {
  const token = cursor.tokens[cursor.at];
  if (token === undefined) throw new ExpressionError('unexpected end of expression');
  cursor.at += 1;
  if (token === 'true' || token === 'false') return token === 'true';
  if (/^-?\d/.test(token)) return Number(token);
  if (/^["']/.test(token)) return token.slice(1, -1).replaceAll(/\\(.)/g, '$1');
  if (/^[A-Za-z_]/.test(token)) return token;
  throw new ExpressionError(`'${token}' is not expected here`);
}
