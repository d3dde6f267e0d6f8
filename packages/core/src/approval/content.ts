import { z } from 'zod';
import { canonicalJson, ownValues } from '../configuration/index.ts';
import { configurationSnapshot, plan } from '../deployment/index.ts';

/** What a hash that people vote on stands for. */
export const approvedContent = z.object({ version: z.string(), digest: z.string(), snapshot: configurationSnapshot, plan });
export type ApprovedContent = z.infer<typeof approvedContent>;

/** A part of what is approved. */
export const contentPart = z.enum(['image', 'chart', 'configuration', 'plan']);
export type ContentPart = z.infer<typeof contentPart>;

/** One part that is not what it was, as text to be laid side by side. */
export interface ContentChange {
  part: ContentPart;
  before: string;
  after: string;
}

/** What is not the same in two contents: the image by its digest, the chart, the configuration, the plan. Empty when nothing that decides what runs is. */
export function changesBetween(before: ApprovedContent, after: ApprovedContent): ContentChange[] {
  return contentPart.options.flatMap((part) => {
    const [was, is] = [textOf[part](before), textOf[part](after)];
    return was === is ? [] : [{ part, before: was, after: is }];
  });
}

const textOf = {
  image: ({ version, digest }) => `${version}\n${digest}`,
  chart: ({ snapshot: { chart } }) => `${chart.name} ${chart.version}\n${chart.digest}`,
  configuration: ({ snapshot, plan: { waves } }) => valuesText(snapshot.values, waves),
  plan: (content) => pretty(content.plan),
} as const satisfies Record<ContentPart, (content: ApprovedContent) => string>;

/** Values by region. */
function valuesText(values: ApprovedContent['snapshot']['values'], waves: ApprovedContent['plan']['waves']): string {
  const regions = waves.flatMap((wave) => wave.targets);
  return pretty(Object.fromEntries(regions.map(({ region, targetId }) => [region, ownValues(values[targetId] ?? {})])));
}

/** Keys in one order, so that only what differs differs. */
function pretty(value: unknown): string {
  const ordered: unknown = JSON.parse(canonicalJson(value));
  return JSON.stringify(ordered, null, 2);
}
