/** How the client wants an answer to look. */
export type AnswerForm = 'object' | 'table' | 'metadata';

/**
 * Reads an Accept header: `as=Table` (kubectl get), `as=PartialObjectMetadata(List)` (metadata only), or the objects
 * themselves. Protobuf is offered by every Go client and never answered with: all of them take JSON as well.
 */
export function answerForm(accept: string | undefined): AnswerForm {
  for (const offer of (accept ?? '').split(',')) {
    const parameters = offer.split(';').map((part) => part.trim());
    if (parameters[0] !== 'application/json') continue;
    if (!parameters.includes('g=meta.k8s.io')) return 'object';
    if (parameters.includes('as=Table')) return 'table';
    if (parameters.some((parameter) => parameter.startsWith('as=PartialObjectMetadata'))) return 'metadata';
  }
  return 'object';
}
