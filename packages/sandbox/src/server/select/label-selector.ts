import { badRequest } from '../../store/api-error.ts';

type Labels = Readonly<Record<string, string>>;

/** True for an object's labels that are selected. */
export type LabelTest = (labels: Labels | undefined) => boolean;

const NAME = '[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?';
const VALUE = '(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)?';
const IN_SET = new RegExp(`^(${NAME})\\s+(in|notin)\\s+\\(([^()]*)\\)$`);
const EQUALS = new RegExp(`^(${NAME})\\s*(==|=|!=)\\s*(${VALUE})$`);
const EXISTS = new RegExp(`^(!?)\\s*(${NAME})$`);

/** Reads `a=b,c!=d,e in (f,g),h notin (i),j,!k`. Throws 400 for anything else. */
export function parseLabelSelector(selector: string | null): LabelTest {
  if (selector === null || selector.trim() === '') return () => true;
  const tests = splitOutsideParentheses(selector).map((requirement) => parseRequirement(requirement.trim(), selector));
  return (labels) => tests.every((test) => test(labels));
}

function parseRequirement(requirement: string, whole: string): LabelTest {
  const set = IN_SET.exec(requirement);
  if (set !== null) {
    const [, key = '', operator, listed = ''] = set;
    const values = new Set(listed.split(',').map((value) => value.trim()));
    return operator === 'in'
      ? (labels) => labels?.[key] !== undefined && values.has(labels[key])
      : (labels) => labels?.[key] === undefined || !values.has(labels[key]);
  }
  const equality = EQUALS.exec(requirement);
  if (equality !== null) {
    const [, key = '', operator, value = ''] = equality;
    return operator === '!=' ? (labels) => labels?.[key] !== value : (labels) => labels?.[key] === value;
  }
  const existence = EXISTS.exec(requirement);
  if (existence !== null) {
    const [, not, key = ''] = existence;
    return not === '!' ? (labels) => labels?.[key] === undefined : (labels) => labels?.[key] !== undefined;
  }
  throw badRequest(`unable to parse requirement "${requirement}" of the label selector "${whole}"`);
}

function splitOutsideParentheses(selector: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < selector.length; index += 1) {
    const character = selector[index];
    if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === ',' && depth === 0) {
      parts.push(selector.slice(start, index));
      start = index + 1;
    }
  }
  parts.push(selector.slice(start));
  return parts;
}
