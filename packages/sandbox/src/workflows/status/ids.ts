const LONGEST_POD_NAME_PREFIX = 242;

/** The 32-bit FNV-1a hash of the text's UTF-8 bytes, which Argo makes its ids of. */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'utf8')) {
    hash ^= byte;
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

/** The id of a node: the workflow's name for its root, else the name and the hash of the node's name. */
export function nodeId(workflowName: string, nodeName: string): string {
  return nodeName === workflowName ? workflowName : `${workflowName}-${fnv1a32(nodeName)}`;
}

/** The pod name of a node in Argo's format v2: the workflow's name for the root, else workflow, template and the hash of the node's name. */
export function podName(workflowName: string, node: { name: string; templateName?: string | undefined }): string {
  if (node.name === workflowName) return workflowName;
  const prefix = node.templateName === undefined ? workflowName : `${workflowName}-${node.templateName}`;
  return `${prefix.slice(0, LONGEST_POD_NAME_PREFIX)}-${fnv1a32(node.name)}`;
}
