import { FlowError } from '@flow/core/fault';
import type { z } from 'zod';

/** Reads an operation's input, or refuses it with a message for each field. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  throw new FlowError({ code: 'invalid', message: 'Some fields need another look', fields });
}
