import type { z } from 'zod';
import { readYaml } from '../yaml/index.ts';
import { pipelineDefinition } from './definition.ts';
import type { PipelineDefinition } from './definition.ts';
import { needsOf } from './stages.ts';

/** One thing that is wrong with a definition, with its place in the text (both from 1 up). */
export interface DefinitionFault {
  line: number;
  column: number;
  /** For example `stages.2.steps.0.retries`. */
  path: string;
  message: string;
}

export type ParsedDefinition = { ok: true; definition: PipelineDefinition } | { ok: false; faults: DefinitionFault[] };

const faultsMax = 20;

/**
 * Reads `.flow/pipeline.yaml`. Everything that is wrong comes back at once, each with line and column:
 * broken YAML, unknown fields, wrong types, unknown or doubled names, cycles.
 */
export function parsePipeline(text: string): ParsedDefinition {
  const read = readYaml(text);
  if (!read.ok) return { ok: false, faults: read.faults.slice(0, faultsMax).map((fault) => ({ path: '', ...fault })) };
  const place = (path: readonly PropertyKey[]) => ({ ...read.placeOf(path), path: path.map(String).join('.') });
  const parsed = pipelineDefinition.safeParse(read.value);
  if (!parsed.success) {
    const faults = parsed.error.issues.flatMap(flattenIssue).map((issue) => ({ ...place(issue.path), message: issue.message }));
    return { ok: false, faults: faults.slice(0, faultsMax) };
  }
  const faults = structureFaults(parsed.data).map((fault) => ({ ...place(fault.path), message: fault.message }));
  return faults.length === 0 ? { ok: true, definition: parsed.data } : { ok: false, faults: faults.slice(0, faultsMax) };
}

interface Issue {
  path: PropertyKey[];
  message: string;
}

/** Turns zod's issues into one sentence for each place; for a stage, only the faults of the kind that was meant. */
function flattenIssue(issue: z.core.$ZodIssue): Issue[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: `Unknown field "${key}"` }));
  if (issue.code === 'invalid_union') {
    const closest = issue.errors.toSorted((left, right) => left.length - right.length || depthOf(right) - depthOf(left))[0];
    const isKindMissing = issue.errors.every((branch) => branch.some((inner) => inner.code === 'invalid_type' && inner.path.length === 1));
    if (closest === undefined || isKindMissing)
      return [{ path: issue.path, message: 'A stage needs exactly one of steps, publish, deploy, approval' }];
    return closest.flatMap((inner) => flattenIssue({ ...inner, path: [...issue.path, ...inner.path] }));
  }
  return [{ path: issue.path, message: issue.message }];
}

function depthOf(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

function structureFaults(definition: PipelineDefinition): Issue[] {
  const faults = graphFaults(definition.stages, ['stages'], 'stage');
  for (const [index, stage] of definition.stages.entries()) {
    if ('steps' in stage) faults.push(...graphFaults(stage.steps, ['stages', index, 'steps'], 'step'));
    if ('deploy' in stage && !comesAfterPublish(definition, index)) {
      faults.push({ path: ['stages', index, 'deploy'], message: `Stage "${stage.name}" deploys, but no publish stage comes before it` });
    }
  }
  if (definition.stages.filter((stage) => 'publish' in stage).length > 1) {
    faults.push({ path: ['stages'], message: 'A pipeline publishes one artifact: there are several publish stages' });
  }
  return faults;
}

type Named = readonly { name: string; needs?: string[] | undefined }[];

function graphFaults(list: Named, path: PropertyKey[], word: string): Issue[] {
  const faults: Issue[] = [];
  const names = new Set<string>();
  for (const [index, item] of list.entries()) {
    if (names.has(item.name)) faults.push({ path: [...path, index, 'name'], message: `There are two ${word}s named "${item.name}"` });
    names.add(item.name);
  }
  for (const [index, item] of list.entries()) {
    for (const [place, need] of (item.needs ?? []).entries()) {
      if (!names.has(need))
        faults.push({ path: [...path, index, 'needs', place], message: `"${item.name}" needs "${need}", but there is no such ${word}` });
    }
  }
  const cycle = faults.length === 0 ? findCycle(list) : undefined;
  if (cycle !== undefined)
    faults.push({ path: [...path, cycle.index, 'needs'], message: `These ${word}s wait for each other: ${cycle.names.join(' → ')}` });
  return faults;
}

function findCycle(list: Named): { index: number; names: string[] } | undefined {
  const done = new Set<number>();
  const visit = (index: number, trail: readonly number[]): number[] | undefined => {
    const start = trail.indexOf(index);
    if (start >= 0) return [...trail.slice(start), index];
    if (done.has(index)) return undefined;
    for (const need of needsOf(list, index)) {
      const found = visit(
        list.findIndex((item) => item.name === need),
        [...trail, index],
      );
      if (found !== undefined) return found;
    }
    done.add(index);
    return undefined;
  };
  for (const index of list.keys()) {
    const found = visit(index, []);
    if (found !== undefined) return { index: found[0] ?? index, names: found.map((place) => list[place]?.name ?? '') };
  }
  return undefined;
}

function comesAfterPublish(definition: PipelineDefinition, index: number, seen: ReadonlySet<number> = new Set()): boolean {
  const stage = definition.stages[index];
  if (stage === undefined || seen.has(index)) return false;
  if ('publish' in stage) return true;
  const next = new Set([...seen, index]);
  return needsOf(definition.stages, index).some((need) =>
    comesAfterPublish(
      definition,
      definition.stages.findIndex((other) => other.name === need),
      next,
    ),
  );
}
