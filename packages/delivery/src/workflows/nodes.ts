import { brotliDecompressSync, gunzipSync, gzipSync, zstdDecompressSync } from 'node:zlib';
import { isObject, objectAt, textAt, type JsonObject } from '../json/index.ts';

export type Nodes = { kind: 'inline' | 'compressed'; nodes: JsonObject } | { kind: 'offloaded' };

const maxNodesBytes = 128 * 1024 * 1024;

/** The nodes of a Workflow wherever the controller put them: in the object, packed in it, or in a database that only it can read. */
export function readNodes(workflow: unknown): Nodes {
  const packed = textAt(workflow, 'status', 'compressedNodes');
  if (packed !== '') return { kind: 'compressed', nodes: unpack(packed) };
  if (textAt(workflow, 'status', 'offloadNodeStatusVersion') !== '') return { kind: 'offloaded' };
  return { kind: 'inline', nodes: objectAt(workflow, 'status', 'nodes') };
}

/** Packs nodes as the controller of 4.0 does: gzip, then base64. */
export function packNodes(nodes: JsonObject): string {
  return gzipSync(JSON.stringify(nodes)).toString('base64');
}

// 4.1 can be told to pack with zstd or brotli; brotli has no mark of its own.
function unpack(packed: string): JsonObject {
  const bytes = Buffer.from(packed, 'base64');
  const limit = { maxOutputLength: maxNodesBytes };
  const mark = bytes.subarray(0, 4).toString('hex');
  const plain = mark.startsWith('1f8b')
    ? gunzipSync(bytes, limit)
    : mark === '28b52ffd'
      ? zstdDecompressSync(bytes, limit)
      : brotliDecompressSync(bytes, limit);
  const nodes: unknown = JSON.parse(plain.toString('utf8'));
  return isObject(nodes) ? nodes : {};
}
