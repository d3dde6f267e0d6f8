import { ConditionError, FUNCTIONS, PRECEDENCE, type BinaryOperator, type Expression } from './expression.ts';

interface Token {
  kind: 'number' | 'string' | 'word' | 'sign' | 'end';
  text: string;
}

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([A-Za-z_]\w*)|(\?\?|\?\.|\|\||&&|==|!=|<=|>=|[-+*/%<>!()[\].,?:]))/y;
const WORD_OPERATORS: Readonly<Record<string, BinaryOperator>> = { and: '&&', or: '||', in: 'in' };
const CONSTANTS: Readonly<Record<string, unknown>> = { true: true, false: false, nil: null };

/**
 * Reads a condition: `result`, fields and items of it, numbers, texts, lists, comparisons, `&& || !` (or `and or not`), `in`, arithmetic, `a ? b : c`
 * and the functions of `FUNCTIONS`. Anything else throws `ConditionError` naming it.
 */
export function parseCondition(text: string): Expression {
  const reader = new Reader(tokenize(text));
  const expression = reader.choice();
  reader.expectEnd();
  return expression;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null)
      throw new ConditionError(`"${text.slice(start).trim().slice(0, 20)}" is not supported in a condition of the sandbox`);
    const [, number, quoted, word, sign] = match;
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (quoted !== undefined) tokens.push({ kind: 'string', text: quoted });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else tokens.push({ kind: 'sign', text: sign ?? '' });
  }
  return tokens;
}

const END: Token = { kind: 'end', text: 'the end' };

class Reader {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  choice(): Expression {
    const test = this.binary(1);
    if (!this.#take('?')) return test;
    const yes = this.choice();
    this.#expect(':');
    return { kind: 'choice', test, yes, no: this.choice() };
  }

  binary(minimum: number): Expression {
    let left = this.#unary();
    for (;;) {
      const operator = this.#operator();
      if (operator === undefined || PRECEDENCE[operator] < minimum) return left;
      this.#position += 1;
      left = { kind: 'binary', operator, left, right: this.binary(PRECEDENCE[operator] + 1) };
    }
  }

  expectEnd(): void {
    const token = this.#peek();
    if (token.kind !== 'end') throw new ConditionError(`unexpected "${token.text}" in a condition`);
  }

  #operator(): BinaryOperator | undefined {
    const { kind, text } = this.#peek();
    if (kind === 'word') return WORD_OPERATORS[text];
    if (kind !== 'sign') return undefined;
    return OPERATORS.find((operator) => operator === text);
  }

  #unary(): Expression {
    if (this.#take('!') || this.#takeWord('not')) return { kind: 'unary', operator: '!', operand: this.#unary() };
    if (this.#take('-')) return { kind: 'unary', operator: '-', operand: this.#unary() };
    return this.#postfix(this.#primary());
  }

  #postfix(start: Expression): Expression {
    let object = start;
    for (;;) {
      if (this.#take('[')) {
        const key = this.choice();
        this.#expect(']');
        object = { kind: 'member', object, key };
      } else if (this.#take('.') || this.#take('?.')) {
        const token = this.#next();
        if (token.kind !== 'word') throw new ConditionError(`a field name is missing before "${token.text}"`);
        object = { kind: 'member', object, key: { kind: 'literal', value: token.text } };
      } else {
        return object;
      }
    }
  }

  #primary(): Expression {
    const token = this.#next();
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) };
    if (token.kind === 'string') return { kind: 'literal', value: unquoted(token.text) };
    if (token.kind === 'word') return this.#word(token.text);
    if (token.text === '(') {
      const inner = this.choice();
      this.#expect(')');
      return inner;
    }
    if (token.text === '[') return { kind: 'list', items: this.#items(']') };
    throw new ConditionError(`unexpected "${token.text}" in a condition`);
  }

  #word(word: string): Expression {
    if (Object.hasOwn(CONSTANTS, word)) return { kind: 'literal', value: CONSTANTS[word] };
    if (this.#take('(')) {
      const name = FUNCTIONS.find((known) => known === word);
      if (name === undefined)
        throw new ConditionError(`the function ${word}() is not supported in a condition of the sandbox; use ${FUNCTIONS.join(', ')}`);
      return { kind: 'call', name, args: this.#items(')') };
    }
    if (word !== 'result') throw new ConditionError(`"${word}" is not known in a condition; what was measured is "result"`);
    return { kind: 'name', name: word };
  }

  #items(end: string): Expression[] {
    const items: Expression[] = [];
    if (this.#take(end)) return items;
    do items.push(this.choice());
    while (this.#take(','));
    this.#expect(end);
    return items;
  }

  #peek(): Token {
    return this.#tokens[this.#position] ?? END;
  }

  #next(): Token {
    const token = this.#peek();
    this.#position += 1;
    return token;
  }

  #take(sign: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'sign' || token.text !== sign) return false;
    this.#position += 1;
    return true;
  }

  #takeWord(word: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'word' || token.text !== word) return false;
    this.#position += 1;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) throw new ConditionError(`"${sign}" is missing before "${this.#peek().text}" in a condition`);
  }
}

const OPERATORS: readonly BinaryOperator[] = ['||', '&&', '==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', '??'];

function unquoted(text: string): string {
  return text.slice(1, -1).replaceAll(/\\(.)/g, (_, character: string) => ({ n: '\n', t: '\t', r: '\r' })[character] ?? character);
}
