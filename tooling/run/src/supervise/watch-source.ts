import { watch } from 'node:fs';

/** Writes of one save come within this time. */
const settleMs = 200;

/** Calls `onChange` once after each burst of changes to the TypeScript below the folders, tests aside. Ends with the signal. */
export function watchSource(folders: readonly string[], onChange: () => void, signal: AbortSignal): void {
  let settling: NodeJS.Timeout | undefined;
  for (const folder of folders) {
    const watcher = watch(folder, { recursive: true, persistent: false, signal }, (_event, name) => {
      if (name === null || !/\.tsx?$/.test(name) || /\.test\.tsx?$/.test(name)) return;
      clearTimeout(settling);
      settling = setTimeout(onChange, settleMs).unref();
    });
    // A folder that is removed is not watched on; the others are.
    watcher.on('error', () => undefined);
  }
}
