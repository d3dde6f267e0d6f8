import { FlowError } from '@flow/core/fault';

const newline = 0x0a;
const maxLineBytes = 16 * 1024 * 1024;

/** Complete lines of a stream. What stands after the last line break was cut off and is left out. */
export async function* readLines(body: AsyncIterable<unknown>): AsyncGenerator<string> {
  let open: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    let rest = Buffer.isBuffer(part) ? part : Buffer.from(String(part));
    for (let end = rest.indexOf(newline); end >= 0; end = rest.indexOf(newline)) {
      const line = Buffer.concat([...open, rest.subarray(0, end)]).toString('utf8');
      open = [];
      size = 0;
      rest = rest.subarray(end + 1);
      if (line !== '') yield line;
    }
    if (rest.length > 0) open.push(rest);
    size += rest.length;
    if (size > maxLineBytes)
      throw new FlowError({ code: 'upstream', owner: 'cluster', message: 'The cluster sent an event that is too large' });
  }
}
