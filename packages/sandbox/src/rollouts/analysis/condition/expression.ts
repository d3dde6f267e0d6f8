/** An expression of a success or failure condition, as far as the sandbox understands the language of the real engine. */
export type Expression =
  | { kind: 'literal'; value: unknown }
  | { kind: 'list'; items: readonly Expression[] }
  | { kind: 'name'; name: string }
  | { kind: 'member'; object: Expression; key: Expression }
  | { kind: 'call'; name: FunctionName; args: readonly Expression[] }
  | { kind: 'unary'; operator: '!' | '-'; operand: Expression }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression }
  | { kind: 'choice'; test: Expression; yes: Expression; no: Expression };

export type BinaryOperator = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%' | '??';

/** How tightly the operators bind; higher binds tighter. */
export const PRECEDENCE: Readonly<Record<BinaryOperator, number>> = {
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  in: 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  '??': 6,
};

/** The functions that a condition may call. */
export const FUNCTIONS = ['len', 'asFloat', 'asInt', 'isNaN', 'isInf', 'isNil', 'default', 'float', 'int'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** A condition that cannot be read or worked out; the message says which part and why. */
export class ConditionError extends Error {
  override readonly name = 'ConditionError';
}
