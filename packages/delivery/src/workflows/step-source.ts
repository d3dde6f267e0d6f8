import type { CheckedInput, StepInput } from './compile-input.ts';

/**
 * The shell source of a step. Text of people (scripts, commands, variables, the repository's address) stands in it as base64 only:
 * Argo substitutes `{{…}}` anywhere in a template, several times over, and has no way to escape it.
 */
export function stepSource(step: StepInput, context: { input: CheckedInput; outputs: readonly string[]; isPublish: boolean }): string {
  const { input, isPublish } = context;
  const lines = [
    'set -eu',
    'flow_base="$PWD/.flow"',
    '{ rm -rf "$flow_base" && mkdir -p "$flow_base/source"; } 2>/dev/null || { flow_base=$(mktemp -d) && mkdir -p "$flow_base/source"; }',
    ...(context.outputs.length === 0 ? [] : ['rm -rf "$FLOW_OUTPUT_DIR"', 'mkdir -p "$FLOW_OUTPUT_DIR"']),
    ...embed('variables', variablesOf(step, input)),
    ...embed('step', bodyOf(step)),
    '. "$flow_base/variables"',
    'cd "$flow_base/source"',
    ...(input.checkout === null ? [] : checkoutLines),
  ];
  if (!isPublish) return [...lines, 'exec sh -e "$flow_base/step"', ''].join('\n');
  return [
    ...lines,
    'sh -e "$flow_base/step"',
    'if [ ! -s "$FLOW_DIGEST_FILE" ]; then echo "flow: the publish step wrote no digest to \\$FLOW_DIGEST_FILE" >&2; exit 65; fi',
    '',
  ].join('\n');
}

// Reading one commit is what most servers allow; the branches are the way round for those that do not.
const checkoutLines = [
  'command -v git >/dev/null 2>&1 || { echo "flow: the image of this step has no git, which the checkout needs" >&2; exit 64; }',
  'export GIT_TERMINAL_PROMPT=0',
  'git init -q .',
  'git -c protocol.ext.allow=never fetch -q --depth 1 -- "$FLOW_REPOSITORY" "$FLOW_COMMIT" 2>/dev/null ||',
  "  git -c protocol.ext.allow=never fetch -q -- \"$FLOW_REPOSITORY\" '+refs/heads/*:refs/remotes/origin/*' '+refs/tags/*:refs/tags/*'",
  'git -c advice.detachedHead=false checkout -q "$FLOW_COMMIT"',
];

function embed(file: string, content: string): string[] {
  const lines = Buffer.from(content, 'utf8')
    .toString('base64')
    .match(/.{1,120}/g) ?? [''];
  return [`base64 -d > "$flow_base/${file}" <<'FLOW_END'`, ...lines, 'FLOW_END'];
}

function variablesOf(step: StepInput, input: CheckedInput): string {
  const checkout = input.checkout === null ? {} : { FLOW_REPOSITORY: input.checkout.repositoryUrl, FLOW_COMMIT: input.checkout.commitSha };
  const all = { ...step.env, ...input.parameters, ...checkout, FLOW_STEP: step.key };
  return Object.entries(all)
    .map(([name, value]) => `export ${name}=${quote(value)}\n`)
    .join('');
}

function bodyOf(step: StepInput): string {
  if (step.script !== null) return step.script.endsWith('\n') ? step.script : `${step.script}\n`;
  return `exec ${(step.command ?? []).map(quote).join(' ')}\n`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
