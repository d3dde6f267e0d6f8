import type { ASTNode, ParseResult } from '@marcbachmann/cel-js';
import type { CelValues } from './cel-facts.ts';
import { boundCost, RefusedExpression } from './cost.ts';
import { environment, expressionLimits } from './environment.ts';
import { inputsOf } from './inputs.ts';
import { timeUseOf } from './time-use.ts';
import type { TimeUse } from './time-use.ts';
import { visit } from './walk.ts';

/** What is wrong with an expression, and where: lines and columns count from 1, in characters of the whole text. */
export interface ExpressionProblem {
  line: number;
  column: number;
  /** How many characters it covers; 0 when it is a point. */
  length: number;
  message: string;
}

export interface CompiledExpression {
  source: string;
  /** As CEL names it: `bool`, `string`, `list<string>`, … */
  type: string;
  /** The most that one evaluation can cost, in units of some 60 ns. */
  cost: number;
  /** Names of the context that it reads. */
  reads: ReadonlySet<string>;
  /** What of it, as far as it is named: `others[].state`. */
  inputs: readonly string[];
  time: TimeUse;
  /** Throws the engine's error when a value is missing: whoever calls it says what that means. */
  evaluate: (values: CelValues) => unknown;
}

export type Compiled = { ok: true; expression: CompiledExpression } | { ok: false; problem: ExpressionProblem };

const maxKept = 1_024;
const kept = new Map<string, Compiled>();

/**
 * Parses, type-checks and bounds an expression against the context of rules. The answer depends on the text alone and is kept (the last 1,024
 * texts), so a revision of a rule is compiled once.
 */
export function compileExpression(source: string): Compiled {
  const known = kept.get(source);
  if (known !== undefined) {
    // Moved to the end: the front is what has not been used for longest.
    kept.delete(source);
    kept.set(source, known);
    return known;
  }
  const compiled = compile(source);
  if (source.length <= expressionLimits.maxLength) kept.set(source, compiled);
  const oldest = kept.size > maxKept ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
  return compiled;
}

/** Like `compileExpression`, for a condition: its result must be true or false. */
export function compileCondition(source: string): Compiled {
  const compiled = compileExpression(source);
  if (!compiled.ok || compiled.expression.type === 'bool') return compiled;
  const { type } = compiled.expression;
  return { ok: false, problem: problemAt(source, { start: 0, end: source.length }, `a condition is true or false, but this is ${type}`) };
}

function compile(source: string): Compiled {
  if (source.trim() === '') return { ok: false, problem: problemAt(source, { start: 0, end: 0 }, 'write an expression') };
  if (source.length > expressionLimits.maxLength) {
    const message = `an expression has at most ${expressionLimits.maxLength} characters`;
    return { ok: false, problem: problemAt(source, { start: expressionLimits.maxLength, end: source.length }, message) };
  }
  try {
    const parsed = environment.parse(source);
    const reads = readsOf(parsed.ast);
    const checked = parsed.check();
    if (!checked.valid) return { ok: false, problem: problemOf(source, checked.error) };
    const cost = boundCost(parsed.ast);
    return {
      ok: true,
      expression: {
        source,
        type: checked.type ?? 'dyn',
        cost,
        reads,
        inputs: inputsOf(parsed.ast),
        time: timeUseOf(parsed.ast),
        evaluate: evaluatorOf(parsed),
      },
    };
  } catch (error) {
    return { ok: false, problem: problemOf(source, error) };
  }
}

function evaluatorOf(parsed: ParseResult): (values: CelValues) => unknown {
  return (values) => {
    const result: unknown = parsed(values);
    return result;
  };
}

function problemOf(source: string, error: unknown): ExpressionProblem {
  if (error instanceof RefusedExpression) return problemAt(source, error.node.range, error.message);
  if (!(error instanceof Error)) return problemAt(source, { start: 0, end: 0 }, 'it cannot be read');
  const summary = 'summary' in error && typeof error.summary === 'string' ? error.summary : error.message;
  const range = 'range' in error && isRange(error.range) ? error.range : { start: 0, end: source.length };
  return problemAt(source, range, summary);
}

function isRange(value: unknown): value is { start: number; end: number } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'start' in value &&
    'end' in value &&
    typeof value.start === 'number' &&
    typeof value.end === 'number'
  );
}

/** A range of characters as line and column. */
export function problemAt(source: string, range: { start: number; end: number }, message: string): ExpressionProblem {
  const before = source.slice(0, range.start).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, length: Math.max(0, range.end - range.start), message };
}

function readsOf(ast: ASTNode): ReadonlySet<string> {
  const found = new Set<string>();
  visit(ast, (node) => {
    if (node.op === 'id') found.add(node.args);
  });
  return found;
}
