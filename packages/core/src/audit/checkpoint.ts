import { z } from 'zod';
import type { KnownHead } from './chain.ts';

/** The head of one chain at one time, as it is signed. */
export interface Checkpoint extends KnownHead {
  tenantId: string;
  at: Date;
}

/** A checkpoint with the signatures below it, none of which has been looked at yet. */
export interface SignedCheckpoint {
  checkpoint: Checkpoint;
  /** The very text that is signed. */
  body: string;
  /** Base64 of four bytes that name the key, and the signature. */
  signatures: readonly { keyName: string; keyAndSignature: string }[];
}

const origin = 'flow-audit/';

/**
 * The text that is signed: origin, size and hash, as C2SP tlog-checkpoint writes them, and the time as its extension line. A chain has no tree: where a
 * log of trees has the hash of its root stands that of the last entry.
 */
export function checkpointBody({ tenantId, seq, hash, at }: Checkpoint): string {
  return [`${origin}${tenantId}`, String(seq), base64Of(hash), at.toISOString(), ''].join('\n');
}

/** The whole note (C2SP signed-note): the text, an empty line, and one line for each signature. */
export function signedNote(body: string, signature: { keyName: string; keyAndSignature: string }): string {
  return `${body}\n— ${signature.keyName} ${signature.keyAndSignature}\n`;
}

const seqText = z.string().regex(/^[1-9]\d{0,9}$/);
const signatureLine = /^— (\S+) ([A-Za-z0-9+/]+={0,2})$/;

/** Reads a note; null for what is none. */
export function readCheckpoint(note: string): SignedCheckpoint | null {
  const end = note.indexOf('\n\n');
  if (end === -1) return null;
  const body = note.slice(0, end + 1);
  const [name = '', size = '', hashText = '', time = ''] = body.split('\n');
  const [seq, hash, at] = [seqText.safeParse(size).data, hexOf(hashText), new Date(time)];
  if (!name.startsWith(origin) || seq === undefined || hash === null || Number.isNaN(at.getTime())) return null;
  const signatures = note
    .slice(end + 2)
    .split('\n')
    .flatMap((line) => {
      const [, keyName = '', keyAndSignature = ''] = signatureLine.exec(line) ?? [];
      return keyName === '' ? [] : [{ keyName, keyAndSignature }];
    });
  const checkpoint = { tenantId: name.slice(origin.length), seq: Number(seq), hash, at };
  return checkpointBody(checkpoint) === body ? { checkpoint, body, signatures } : null;
}

/** The notes in a text that holds several, one after the other; what is none is passed over. */
export function readCheckpoints(text: string): SignedCheckpoint[] {
  return text.split(new RegExp(`(?=^${origin})`, 'm')).flatMap((note) => readCheckpoint(note) ?? []);
}

function base64Of(hex: string): string {
  return btoa(hex.replaceAll(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16))));
}

function hexOf(base64: string): string | null {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(base64)) return null;
  return Array.from(atob(base64), (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}
