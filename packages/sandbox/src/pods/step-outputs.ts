import { open } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { StepOutputs, StepTask } from './step-task.ts';

/** Argo's limit of one output parameter and of `outputs.result`. */
export const LARGEST_OUTPUT_BYTES = 256 * 1024;

/** Reads the declared output parameters, or says which of them is missing, in the words of the engine's own sidecar. */
export async function readOutputs(
  task: StepTask,
  place: { cwd: string; realPathOf: (containerPath: string) => string },
): Promise<{ ok: true; parameters: NonNullable<StepOutputs['parameters']> } | { ok: false; message: string }> {
  const parameters: NonNullable<StepOutputs['parameters']> = [];
  for (const declared of task.outputs) {
    const path = declared.valueFrom?.path ?? '';
    const mapped = place.realPathOf(path);
    const value = await readSmall(isAbsolute(mapped) ? mapped : join(place.cwd, mapped));
    const known = value ?? declared.valueFrom?.default;
    if (known === undefined) return { ok: false, message: `failed to save outputs: open ${path}: no such file or directory` };
    if (Buffer.byteLength(known) > LARGEST_OUTPUT_BYTES) {
      return { ok: false, message: `failed to save outputs: ${path} is larger than ${LARGEST_OUTPUT_BYTES} bytes` };
    }
    parameters.push({ ...declared, value: known });
  }
  return { ok: true, parameters };
}

/** The file's text without its last newline, as Argo takes it; one byte more than the limit tells that it is too large. */
async function readSmall(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const buffer = Buffer.alloc(LARGEST_OUTPUT_BYTES + 2);
    let length = 0;
    for (let more = true; more && length < buffer.length;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
      length += bytesRead;
      more = bytesRead > 0;
    }
    return buffer.subarray(0, length).toString('utf8').replace(/\n$/, '');
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
