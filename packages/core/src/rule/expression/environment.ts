import { Environment } from '@marcbachmann/cel-js';
import { objectTypes, variables } from './declaration.ts';

/** Limits on the form of an expression; its cost is bounded in cost.ts. */
export const expressionLimits = {
  maxLength: 4_000,
  maxAstNodes: 400,
  maxDepth: 30,
  maxListElements: 100,
  maxMapEntries: 20,
  maxCallArguments: 6,
};

type Fields = Readonly<Record<string, unknown>>;

/** A class for each type of the context, so that the engine knows a value by its constructor and does not copy it. */
function objectClass(name: string): new (fields: Fields) => Fields {
  const classes = {
    [name]: class {
      [field: string]: unknown;
      constructor(fields: Fields) {
        Object.assign(this, fields);
      }
    },
  };
  const made = classes[name];
  if (made === undefined) throw new RangeError(`There is no class ${name}`);
  return made;
}

const constructors = new Map(Object.keys(objectTypes).map((name) => [name, objectClass(name)]));

/** Makes a value of a declared type from its fields. */
export function celObject(type: string, fields: Fields): Fields {
  const ctor = constructors.get(type);
  if (ctor === undefined) throw new RangeError(`There is no type ${type} in the context of rules`);
  return new ctor(fields);
}

/** The one environment of all rules: the declared context, the standard functions, and `glob`. */
export const environment: Environment = declare();

function declare(): Environment {
  const { maxLength: _length, ...limits } = expressionLimits;
  const declared = new Environment({ limits, homogeneousAggregateLiterals: true, enableOptionalTypes: false });
  for (const [name, fields] of Object.entries(objectTypes)) {
    const types = Object.fromEntries(Object.entries(fields).map(([field, { type }]) => [field, type]));
    declared.registerType(name, { ctor: constructors.get(name), fields: types });
  }
  for (const [name, { type, description }] of Object.entries(variables)) declared.registerVariable(name, type, { description });
  declared.registerFunction('string.glob(string): bool', (value: string, pattern: string) => globMatches(value, pattern));
  return declared;
}

/**
 * Whether the pattern covers the whole value; `*` is any run of characters, `?` is one. In at most value × pattern steps: unlike a regular
 * expression of JavaScript it cannot be made to run for minutes, which is why rules have it instead of `matches`.
 */
export function globMatches(value: string, pattern: string): boolean {
  let [at, star, resume] = [0, -1, 0];
  let index = 0;
  while (index < value.length) {
    if (at < pattern.length && pattern[at] === '*') {
      [star, resume, at] = [at, index, at + 1];
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === value[index])) {
      at += 1;
      index += 1;
    } else if (star >= 0) {
      resume += 1;
      [at, index] = [star + 1, resume];
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
