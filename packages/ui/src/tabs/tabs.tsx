'use client';

import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

/** Several views of one thing, one at a time. */
export function Tabs({
  value,
  onValueChange,
  tabs,
}: {
  value: string;
  onValueChange: (value: string) => void;
  tabs: readonly { value: string; label: string; content: ReactNode }[];
}) {
  return (
    <Radix.Root value={value} onValueChange={onValueChange}>
      <Radix.List className="mb-3 flex gap-4 border-b border-line" aria-label="Views">
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.value}
            value={tab.value}
            className="text-muted data-[state=active]:border-accent data-[state=active]:text-text -mb-px border-b-2 border-transparent px-0.5 py-2 font-medium"
          >
            {tab.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.value} value={tab.value}>
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
