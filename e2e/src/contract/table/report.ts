import { z } from 'zod';

const report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      assertionResults: z.array(
        z.object({
          title: z.string(),
          status: z.string(),
          meta: z.looseObject({
            limit: z.object({ taken: z.boolean(), why: z.string() }).optional(),
            example: z.object({ equal: z.boolean(), why: z.string() }).optional(),
          }),
        }),
      ),
    }),
  ),
});

/** One case of the suite on one engine. */
export interface Case {
  /** The folder of its file below `src/contract`; empty for a file that stands there itself. */
  area: string;
  title: string;
  passed: boolean;
  /** What the engine takes of what Flow does not need. */
  limit: { taken: boolean; why: string } | null;
  /** How an example compared. */
  example: { equal: boolean; why: string } | null;
}

/** The cases in a report of vitest's JSON reporter. What was left out is no case. */
export function casesIn(text: string): Case[] {
  return report.parse(JSON.parse(text)).testResults.flatMap(({ name, assertionResults }) => {
    const area = /src\/contract\/(?:([\w-]+)\/)?[\w-]+\.test\.ts$/.exec(name)?.[1] ?? '';
    return assertionResults
      .filter(({ status }) => status === 'passed' || status === 'failed')
      .map(({ title, status, meta }) => ({
        area,
        title,
        passed: status === 'passed',
        limit: meta.limit ?? null,
        example: meta.example ?? null,
      }));
  });
}
