/** Processor time of this process for one call, in microseconds: steadier than the clock on a machine that others use too. */
export function cpuMicroseconds(count: number, call: () => unknown): number {
  const before = process.cpuUsage();
  for (let index = 0; index < count; index += 1) call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
