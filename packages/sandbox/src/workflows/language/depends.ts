import { type Cursor, evaluateBoolean, ExpressionError } from './boolean-expression.ts';

/** What `depends` may ask about a task, in Argo's words. */
export const TASK_RESULTS = ['Succeeded', 'Failed', 'Errored', 'Skipped', 'Omitted', 'Daemoned', 'AnySucceeded', 'AllFailed'] as const;
export type TaskResult = (typeof TASK_RESULTS)[number];

const TOKEN = /\s*(&&|\|\||[()!]|[A-Za-z0-9_-]+(?:\.[A-Za-z]+)?)/y;

function isTaskResult(text: string): text is TaskResult {
  return TASK_RESULTS.some((result) => result === text);
}

function tokenize(depends: string): string[] {
  const tokens: string[] = [];
  const pattern = new RegExp(TOKEN);
  const end = depends.trimEnd().length;
  while (pattern.lastIndex < end) {
    const from = pattern.lastIndex;
    const token = pattern.exec(depends)?.[1];
    if (token === undefined) throw new ExpressionError(`invalid depends '${depends}' at '${depends.slice(from).trim()}'`);
    tokens.push(token);
  }
  return tokens;
}

/** The tasks that a `depends` names, in order, each once. Throws `ExpressionError`. */
export function tasksOf(depends: string): string[] {
  const names = tokenize(depends).filter((token) => /^[A-Za-z0-9_-]/.test(token));
  return [...new Set(names.map((name) => name.split('.')[0] ?? name))];
}

/**
 * Whether the task runs, given how its dependencies ended. A bare name means the default of that task
 * (succeeded or skipped, and more where it has `continueOn`). Throws `ExpressionError`.
 */
export function evaluateDepends(
  depends: string,
  results: { of(task: string, result: TaskResult): boolean; default(task: string): readonly TaskResult[] },
): boolean {
  const readAtom = (cursor: Cursor): boolean => {
    const token = cursor.tokens[cursor.at];
    if (token === undefined || !/^[A-Za-z0-9_-]/.test(token)) throw new ExpressionError(`unable to evaluate expression '${depends}'`);
    cursor.at += 1;
    const [task = '', result] = token.split('.');
    if (result === undefined) return results.default(task).some((one) => results.of(task, one));
    if (!isTaskResult(result)) throw new ExpressionError(`task result '${result}' for task '${task}' is invalid`);
    return results.of(task, result);
  };
  return evaluateBoolean(tokenize(depends), readAtom);
}
