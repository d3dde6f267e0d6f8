'use client';

import { ChevronRight } from 'lucide-react';
import { Status } from '../status/index.ts';
import type { Tone } from '../status/index.ts';
import { columnsOf } from './columns.ts';

export interface GraphNode {
  id: string;
  label: string;
  tone: Tone;
  statusLabel: string;
  needs: readonly string[];
  detail?: string | undefined;
  isSelected?: boolean;
}

/** A graph from left to right: what stands in one column can go on at the same time. Each node says what it comes after. */
export function StageGraph({ nodes, onSelect }: { nodes: readonly GraphNode[]; onSelect?: (id: string) => void }) {
  const columns = columnsOf(nodes);
  const count = Math.max(0, ...columns.values()) + 1;
  return (
    <fieldset aria-label="Stages" className="m-0 flex min-w-0 border-0 items-center gap-2 overflow-x-auto p-0.5">
      {Array.from({ length: count }, (_, column) => (
        <div key={column} className="flex items-center gap-2">
          {column > 0 && <ChevronRight size={16} aria-hidden className="text-muted shrink-0" />}
          <div className="flex flex-col gap-2">
            {nodes
              .filter((node) => columns.get(node.id) === column)
              .map((node) => (
                <button
                  key={node.id}
                  type="button"
                  aria-pressed={node.isSelected ?? false}
                  title={node.needs.length === 0 ? undefined : `After ${node.needs.join(', ')}`}
                  onClick={() => onSelect?.(node.id)}
                  className={`bg-surface hover:bg-raised flex min-w-36 flex-col items-start gap-1 rounded-md border px-3 py-2 text-left ${node.isSelected === true ? 'border-accent' : 'border-line'}`}
                >
                  <span className="font-medium">{node.label}</span>
                  <Status tone={node.tone} label={node.statusLabel} />
                  {node.detail !== undefined && <span className="text-muted text-xs tabular-nums">{node.detail}</span>}
                </button>
              ))}
          </div>
        </div>
      ))}
    </fieldset>
  );
}
