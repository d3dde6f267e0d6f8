import type { CelValues } from './cel-facts.ts';
import { compileExpression, problemAt } from './compile.ts';
import type { CompiledExpression, ExpressionProblem } from './compile.ts';

/** A message with places that are filled from the facts. */
export interface CompiledMessage {
  parts: readonly (string | CompiledExpression)[];
}

export type MessageResult = { ok: true; message: CompiledMessage } | { ok: false; problem: ExpressionProblem };

/** Longest template, and longest text that comes out of one. */
export const maxMessageLength = 500;

const printable = new Set(['string', 'int', 'double', 'bool', 'list<string>', 'google.protobuf.Timestamp']);

/** Checks a template: each `{{ expression }}` must be valid and give text, a number, a truth, a time or a list of texts. Positions are those of the template. */
export function compileMessage(template: string): MessageResult {
  if (template.length > maxMessageLength) {
    const message = `a message has at most ${maxMessageLength} characters`;
    return { ok: false, problem: problemAt(template, { start: maxMessageLength, end: template.length }, message) };
  }
  const parts: (string | CompiledExpression)[] = [];
  let from = 0;
  for (let open = template.indexOf('{{'); open >= 0; open = template.indexOf('{{', from)) {
    const close = template.indexOf('}}', open + 2);
    if (close < 0) return { ok: false, problem: problemAt(template, { start: open, end: open + 2 }, 'this {{ has no }}') };
    const compiled = compilePlace(template, open + 2, close);
    if ('line' in compiled) return { ok: false, problem: compiled };
    if (open > from) parts.push(template.slice(from, open));
    parts.push(compiled);
    from = close + 2;
  }
  if (from < template.length) parts.push(template.slice(from));
  return { ok: true, message: { parts } };
}

function compilePlace(template: string, start: number, end: number): CompiledExpression | ExpressionProblem {
  // Spaces and lines before it keep the positions of the expression those of the template.
  const padded = template.slice(0, start).replaceAll(/[^\n]/g, ' ') + template.slice(start, end);
  const compiled = compileExpression(padded);
  if (!compiled.ok) return compiled.problem;
  if (printable.has(compiled.expression.type)) return compiled.expression;
  return problemAt(template, { start, end }, `a message can show text, numbers and times, but this is ${compiled.expression.type}`);
}

/** Fills the template. Throws the engine's error when a place cannot be filled. */
export function renderMessage({ parts }: CompiledMessage, values: CelValues): string {
  const filled = parts.map((part) => (typeof part === 'string' ? part : shown(part.evaluate(values)))).join('');
  return clipped(filled);
}

/** A sentence that is not longer than people read. */
export function clipped(sentence: string): string {
  return sentence.length > maxMessageLength ? `${sentence.slice(0, maxMessageLength - 1)}…` : sentence;
}

function shown(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return Array.isArray(value) ? value.map(String).join(', ') : String(value);
}
