import { describe, expect, test } from 'vitest';
import { helmFault } from './helm-fault.ts';

const call = { what: 'upgrade of checkout in shop', timeoutMs: 60_000 };
const faultOf = (stderr: string) => helmFault(call, { stderr, ended: 'exit', code: 1 });
const openapi = 'error validating "": error validating data: Get "https://127.96.0.1/openapi/v2?timeout=32s": ';

describe('what helm says of a failure', () => {
  test.each([
    [
      'while it validates',
      `Error: UPGRADE FAILED: unable to build kubernetes objects from new release manifest: ${openapi}context deadline exceeded`,
    ],
    ['while it validates', `Error: UPGRADE FAILED: ${openapi}dial tcp 127.96.0.1:443: connect: connection refused`],
    [
      'while it reads',
      'Error: UPGRADE FAILED: query: failed to query with labels: Get "https://10.0.0.1/api/v1/namespaces/shop/secrets": EOF',
    ],
    [
      'while it writes',
      'Error: UPGRADE FAILED: failed to create: Post "https://10.0.0.1/api/v1/namespaces/shop/secrets": net/http: TLS handshake timeout',
    ],
    [
      'of a webhook',
      'Error: admission webhook denied the request: failed calling webhook "x": Post "https://w.svc/": dial tcp: i/o timeout',
    ],
    ['before anything', 'Error: Kubernetes cluster unreachable: the server has asked for the client to provide credentials'],
  ])('%s and the cluster does not answer is trouble of the cluster, which is tried again', (_when, stderr) => {
    expect(faultOf(stderr)).toMatchObject({ code: 'upstream', owner: 'cluster' });
  });

  test.each([
    [
      'Error: UPGRADE FAILED: error validating "": error validating data: unknown field "spec.x"',
      /refused an object of the release as invalid: /,
    ],
    ['Error: UPGRADE FAILED: Deployment.apps "checkout" is invalid: spec.selector: field is immutable', /invalid/],
    ['Error: YAML parse error on service/templates/a.yaml: error converting YAML to JSON: unexpected EOF', /does not render/],
    ['Error: UPGRADE FAILED: admission webhook "policy" denied the request: no', /policy of the cluster/],
  ])('%s is a fault of the configuration, which is final', (stderr, message) => {
    const fault = faultOf(stderr);
    expect(fault).toMatchObject({ code: 'invalid', owner: 'configuration' });
    expect(fault.message).toMatch(message);
  });

  test('a certificate of another authority keeps its own words', () => {
    const fault = faultOf(
      'Error: Get "https://10.0.0.1/version": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    );
    expect(fault.message).toContain('cannot be trusted');
  });
});
