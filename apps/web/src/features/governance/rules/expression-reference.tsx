'use client';

import { objectTypes, variables } from '@flow/core/rule';
import type { FieldDeclaration } from '@flow/core/rule';

/** What an expression can read, with types and meanings. It brings the whole expression language along: load it when it is looked at. */
export default function ExpressionReference() {
  return (
    <div className="flex flex-col gap-1">
      {Object.entries(variables).map(([name, declared]) => (
        <Variable key={name} name={name} declared={declared} />
      ))}
    </div>
  );
}

function Variable({ name, declared }: { name: string; declared: FieldDeclaration }) {
  const inner = /^list<(\w+)>$/.exec(declared.type)?.[1] ?? declared.type;
  const fields = Object.entries(objectTypes[inner] ?? {});
  const head = (
    <>
      <code className="font-mono font-medium">{name}</code> <code className="text-muted font-mono">{declared.type}</code>{' '}
      <span className="text-muted">{declared.description}</span>
    </>
  );
  if (fields.length === 0) return <p className="py-1 pl-4 text-xs">{head}</p>;
  return (
    <details className="text-xs">
      <summary className="cursor-pointer py-1">{head}</summary>
      <dl className="mb-2 ml-4 flex flex-col gap-1 border-l border-line pl-3">
        {fields.map(([field, { type, description }]) => (
          <div key={field}>
            <dt className="inline">
              <code className="font-mono">{declared.type === inner ? `${name}.${field}` : field}</code>{' '}
              <code className="text-muted font-mono">{type}</code>
            </dt>{' '}
            <dd className="text-muted inline">{description}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
