import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * Where a request comes from: the other end of the connection or, behind as many proxies as the settings say, what the outermost of them wrote.
 * What a client itself puts into `x-forwarded-for` stands further left and is never read (ASVS 15.3.4).
 */
export function addressOf(request: Pick<IncomingMessage, 'headers' | 'socket'>, trustedHops: number): string | null {
  const direct = request.socket.remoteAddress ?? null;
  if (trustedHops === 0) return direct;
  const header = request.headers['x-forwarded-for'];
  const written = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').map((part) => part.trim());
  const address = written.at(-trustedHops) ?? '';
  return isIP(address) === 0 ? direct : address;
}
