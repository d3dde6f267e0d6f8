import { getActiveResourcesInfo } from 'node:process';

// What this process waits for outside of turns: files, connections that are being opened, packing and unpacking; and helm's renderings.
const works = /^(?:FSReq|CloseReq|FILEHANDLE|GetAddrInfoReq|TCPConnect|ZLIB)/i;
const children = /^(?:ProcessWrap|PipeWrap)/;
const calmTurns = 4;

/** How many pipes and processes this process has: those of its own surroundings are always there. */
export function countChildren(): number {
  return getActiveResourcesInfo().filter((resource) => children.test(resource)).length;
}

/** Whether anything is under way outside of turns. */
export function isAtWork(childrenAtRest: number): boolean {
  const found = getActiveResourcesInfo();
  return found.some((resource) => works.test(resource)) || found.filter((resource) => children.test(resource)).length > childrenAtRest;
}

/** Resolves when every promise that can go on has gone on, and nothing is under way. */
export async function settle(isBusy: () => boolean): Promise<void> {
  do {
    for (let turn = 0; turn < calmTurns; turn += 1) await new Promise(setImmediate);
  } while (isBusy());
}
