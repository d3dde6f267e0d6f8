// Loaded before a child's own program (`node --import`). The supervisor holds the other end of this process's standard input and writes nothing: when it
// ends, the supervisor is gone, even if it was killed in a way that it could not act on. Then this process ends as for any SIGTERM, and by force if that
// takes too long.
const endWithinMs = 10_000;

process.stdin.on('end', endWithSupervisor);
process.stdin.on('error', endWithSupervisor);
process.stdin.resume();
// Watching alone keeps no process alive. (A pipe is a socket; a file or a terminal, as in a start by hand, has nothing to release.)
if ('unref' in process.stdin && typeof process.stdin.unref === 'function') process.stdin.unref();

function endWithSupervisor(): void {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), endWithinMs).unref();
  process.kill(process.pid, 'SIGTERM');
}
