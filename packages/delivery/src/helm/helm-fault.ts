import { FlowError, type FaultCode, type FaultOwner } from '@flow/core/fault';

interface Meaning {
  pattern: RegExp;
  code: FaultCode;
  owner: FaultOwner;
  message: string;
}

/** What helm's words mean, most telling first. `message` is followed by helm's own line when that is about the chart or its values. */
const meanings: readonly Meaning[] = [
  {
    // How Go tells of a call that got no answer, whatever helm wanted to do with it: to validate, to build, to read. A wrong certificate has its own words.
    pattern: /\b(?:Get|Head|Post|Put|Patch|Delete) "https?:\/\/[^"]*": (?!.*(?:x509|certificate|tls: ))/,
    code: 'upstream',
    owner: 'cluster',
    message: 'The cluster cannot be reached or is too slow',
  },
  {
    pattern: /another operation \(install\/upgrade\/rollback\) is in progress/,
    code: 'conflict',
    owner: 'flow',
    message: 'Another operation on the release was cut off and must be cured first',
  },
  {
    pattern: /release: already exists|cannot re-use a name that is still in use/,
    code: 'conflict',
    owner: 'flow',
    message: 'Another operation on the release runs at this moment: try again',
  },
  { pattern: /release: not found/, code: 'notFound', owner: 'caller', message: 'The release is not there' },
  {
    pattern: /values don't meet the specifications of the schema/,
    code: 'invalid',
    owner: 'configuration',
    message: 'The values do not fit the schema of the chart',
  },
  {
    pattern: /execution error|template: |parse error|error converting YAML|YAML parse error|error calling/,
    code: 'invalid',
    owner: 'configuration',
    message: 'The chart does not render',
  },
  {
    pattern: /Chart\.yaml|chart metadata|failed to load chart|path .* not found|missing in charts\/ directory/,
    code: 'invalid',
    owner: 'configuration',
    message: 'The chart cannot be read',
  },
  {
    pattern: /invalid ownership metadata|cannot be imported into the current release/,
    code: 'precondition',
    owner: 'configuration',
    message: 'An object of this release is already there and belongs to someone else: remove or rename it',
  },
  {
    pattern: /x509|certificate signed by unknown authority|tls: /,
    code: 'upstream',
    owner: 'cluster',
    message: 'The cluster cannot be trusted: its certificate is not from the registered authority',
  },
  {
    pattern: /Unauthorized|must be logged in/,
    code: 'upstream',
    owner: 'cluster',
    message: "The cluster no longer takes Flow's credential: register the cluster again",
  },
  {
    pattern: /is forbidden|cannot (?:get|list|create|patch|update|delete) resource/,
    code: 'upstream',
    owner: 'cluster',
    message: "The cluster does not allow this to Flow's account: grant it",
  },
  {
    pattern: /no matches for kind|ensure CRDs are installed first/,
    code: 'upstream',
    owner: 'cluster',
    message: 'The cluster does not know a kind that the chart uses: install its custom resource definition',
  },
  { pattern: /namespaces? "[^"]*" not found/, code: 'upstream', owner: 'cluster', message: 'The cluster has no such namespace: create it' },
  {
    pattern: /admission webhook|denied the request/,
    code: 'invalid',
    owner: 'configuration',
    message: 'A policy of the cluster refused an object of the release',
  },
  {
    pattern: /is invalid:|unknown field|ValidationError|error validating/,
    code: 'invalid',
    owner: 'configuration',
    message: 'The cluster refused an object of the release as invalid',
  },
  {
    pattern:
      /cluster unreachable|connection refused|no such host|i\/o timeout|context deadline exceeded|EOF|connection reset|TLS handshake timeout/i,
    code: 'upstream',
    owner: 'cluster',
    message: 'The cluster cannot be reached or is too slow',
  },
];

const quoted: ReadonlySet<FaultCode> = new Set<FaultCode>(['invalid', 'precondition']);

/** The error that a failed call of helm means: whose it is, what to do, and the line of helm that says where. */
export function helmFault(
  call: { what: string; timeoutMs: number },
  ended: { stderr: string; ended: string; code: number | null },
): FlowError {
  const detail = ended.stderr.slice(-4000);
  const cut = { code: 'upstream', owner: 'cluster', detail } as const;
  if (ended.ended === 'timeout')
    return new FlowError({
      ...cut,
      message: `The ${call.what} took longer than ${Math.round(call.timeoutMs / 1000)} s and was cut off: Flow cures the release and tries again`,
    });
  if (ended.ended === 'aborted')
    return new FlowError({
      ...cut,
      owner: 'flow',
      message: `The ${call.what} was cut off because the worker stops: Flow cures the release and tries again`,
    });
  if (ended.ended === 'tooMuch')
    return new FlowError({
      code: 'invalid',
      owner: 'configuration',
      message: `The ${call.what} wrote more than Flow takes: the chart renders too much`,
      detail,
    });
  const line = tellingLine(ended.stderr);
  const meaning = meanings.find((candidate) => candidate.pattern.test(ended.stderr));
  if (meaning === undefined) {
    const how = ended.code === null ? 'helm was killed or could not be started' : `helm ended with code ${ended.code}`;
    return new FlowError({ ...cut, message: `The ${call.what} failed: ${line === '' ? how : line}` });
  }
  const says = quoted.has(meaning.code) && line !== '' ? `: ${line}` : '';
  return new FlowError({ code: meaning.code, owner: meaning.owner, message: `The ${call.what} failed. ${meaning.message}${says}`, detail });
}

const maxLine = 600;

/** The last error of helm with what it lists below it, on one line, without control characters and without temporary paths. */
function tellingLine(stderr: string): string {
  const lines = stderr.split('\n');
  const start = lines.findLastIndex((line) => line.startsWith('Error: ') || /level=ERROR/.test(line));
  const text = (start < 0 ? lines.slice(-3) : lines.slice(start))
    .join(' ')
    .replace(/^Error: /, '')
    .replaceAll(/(?:UPGRADE|INSTALLATION) FAILED: /g, '')
    // eslint-disable-next-line no-control-regex -- a terminal would obey these
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\s]+/g, ' ')
    .replaceAll(/\/\S*\/call-\w+/g, '')
    .trim();
  return text.length > maxLine ? `${text.slice(0, maxLine)} …` : text;
}
