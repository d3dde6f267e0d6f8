/** A refusal to read an expression; the message names the place. */
export class ExpressionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ExpressionError';
  }
}

/** Where the reader of an expression stands. */
export interface Cursor {
  readonly tokens: readonly string[];
  at: number;
}

/** Takes the next token, if it is this one. */
export function take(cursor: Cursor, token: string): boolean {
  if (cursor.tokens[cursor.at] !== token) return false;
  cursor.at += 1;
  return true;
}

/**
 * Evaluates `||`, `&&`, `!` and parentheses over atoms that the caller reads. Every part is read even when the result is known,
 * so that a mistake never hides behind a short cut. Throws `ExpressionError`.
 */
export function evaluateBoolean(tokens: readonly string[], readAtom: (cursor: Cursor) => boolean): boolean {
  const cursor: Cursor = { tokens, at: 0 };
  const either = (): boolean => {
    let result = both();
    while (take(cursor, '||')) result = both() || result;
    return result;
  };
  const both = (): boolean => {
    let result = one();
    while (take(cursor, '&&')) result = one() && result;
    return result;
  };
  const one = (): boolean => {
    if (take(cursor, '!')) return !one();
    if (!take(cursor, '(')) return readAtom(cursor);
    const result = either();
    if (!take(cursor, ')')) throw new ExpressionError("')' is missing");
    return result;
  };
  const result = either();
  if (cursor.at < tokens.length) throw new ExpressionError(`'${tokens[cursor.at] ?? ''}' is not expected here`);
  return result;
}
