import { ApiError } from '../../store/api-error.ts';

const OWN_NAMES = new Set(['localhost', '127.0.0.1']);

/**
 * Refuses a request that was meant for another name. A page on the internet can make a browser resolve its own name to
 * 127.0.0.1 (DNS rebinding); the Host header then still carries that name.
 */
export function checkHost(host: string | undefined): void {
  const name = (host ?? '').replace(/:\d+$/, '').toLowerCase();
  if (!OWN_NAMES.has(name)) throw new ApiError(421, 'Misdirected', { message: 'this server answers only for localhost and 127.0.0.1' });
}
