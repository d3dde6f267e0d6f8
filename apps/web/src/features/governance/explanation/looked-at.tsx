import { Time } from '@flow/ui/time';
import type { Considered } from './explanation-view.tsx';

type Input = Considered['inputs'][number];
type Value = Input['value'];

/** What was looked at: the condition as it was asked, and each value that it found. */
export function LookedAt({ considered: { condition, inputs } }: { considered: Considered }) {
  return (
    <>
      {condition === '' ? null : (
        <pre className="bg-raised overflow-x-auto rounded-md p-2 font-mono text-xs whitespace-pre-wrap">{condition}</pre>
      )}
      {inputs.length === 0 ? null : (
        <dl className="grid gap-x-4 gap-y-1 text-xs sm:grid-cols-[minmax(8rem,max-content)_1fr]">
          {inputs.map((input) => (
            <div key={input.path} className="sm:contents">
              <dt className="text-muted font-mono break-all">{input.path}</dt>
              <dd className="min-w-0">
                <Shown value={input.value} />
                {input.elements.length === 0 ? null : <Elements input={input} />}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}

function Elements({ input }: { input: Input }) {
  return (
    <ul className="mt-1 flex flex-col gap-0.5">
      {input.elements.map((element, index) => (
        <li key={index} className="flex flex-wrap gap-x-3">
          {Object.entries(element).map(([name, value]) => (
            <span key={name}>
              <span className="text-muted">{name}</span> <Shown value={value} />
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

function Shown({ value }: { value: Value }) {
  if (value === null) return <span className="text-muted">nothing</span>;
  if (typeof value === 'string' && instant.test(value)) return <Time at={value} />;
  if (typeof value === 'boolean') return <span className="font-medium">{value ? 'yes' : 'no'}</span>;
  return <span className="font-medium break-all">{value === '' ? 'empty' : value}</span>;
}
