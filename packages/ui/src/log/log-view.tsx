'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Button } from '../button/index.ts';
import { parseAnsi } from './ansi.ts';
import { saveText } from '../save/index.ts';

export interface LogLine {
  /** Number of the line, from 1 up. */
  n: number;
  text: string;
}

export interface LogViewProps {
  lines: readonly LogLine[];
  /** More may come. */
  isLive: boolean;
  isFollowing: boolean;
  onFollowChange: (isFollowing: boolean) => void;
  highlightedLine?: number | undefined;
  onLineSelect?: (line: number) => void;
  /** Name of the file that a download makes. */
  fileName: string;
}

// The links of the lines are large enough to be touched.
const rowHeight = 24;
const shownMax = 2_000;

/** A log of any length: only what is in sight is drawn. Search, follow, a link to each line. */
export function LogView({ lines, isLive, isFollowing, onFollowChange, highlightedLine, onLineSelect, fileName }: LogViewProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [query, setQuery] = useState('');
  const [hit, setHit] = useState(0);
  // oxlint-disable-next-line react/incompatible-library -- its functions change with each render, and nothing here is remembered by them
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 20,
  });
  const hits = useMemo(
    () => (query === '' ? [] : lines.flatMap((line, index) => (line.text.toLowerCase().includes(query.toLowerCase()) ? [index] : []))),
    [lines, query],
  );
  useEffect(() => {
    if (isFollowing && lines.length > 0) rows.scrollToIndex(lines.length - 1, { align: 'end' });
  }, [isFollowing, lines.length, rows]);
  // A link to a line shows that line, once it is there; what the reader scrolls to afterwards stays.
  const linked = lines.findIndex((line) => line.n === highlightedLine);
  useEffect(() => {
    if (linked >= 0) rows.scrollToIndex(linked, { align: 'auto' });
  }, [linked, rows]);
  const goTo = (index: number): void => {
    const wrapped = hits.length === 0 ? 0 : (index + hits.length) % hits.length;
    setHit(wrapped);
    onFollowChange(false);
    const row = hits[wrapped];
    if (row !== undefined) rows.scrollToIndex(row, { align: 'center' });
  };
  return (
    <div className="flex flex-col rounded-md border border-line">
      <div className="flex flex-wrap items-center gap-2 border-b border-line p-2">
        <input
          type="search"
          aria-label="Search in the log"
          placeholder="Search"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => event.key === 'Enter' && goTo(hit + (event.shiftKey ? -1 : 1))}
          className="bg-surface h-7 w-48 rounded border border-line px-2 text-xs"
        />
        {query !== '' && (
          <output className="text-muted text-xs">{hits.length === 0 ? 'No line has this' : `${hit + 1} of ${hits.length}`}</output>
        )}
        {hits.length > 0 && (
          <>
            <Button size="s" onClick={() => goTo(hit - 1)}>
              Previous
            </Button>
            <Button size="s" onClick={() => goTo(hit + 1)}>
              Next
            </Button>
          </>
        )}
        <span className="text-muted ml-auto text-xs tabular-nums">
          {lines.length} lines{isLive && ', live'}
        </span>
        <Button size="s" aria-pressed={isFollowing} onClick={() => onFollowChange(!isFollowing)}>
          {isFollowing ? 'Following' : 'Follow'}
        </Button>
        <Button size="s" onClick={() => saveText(fileName, lines.map((line) => line.text).join('\n'))}>
          Download
        </Button>
      </div>
      <div
        ref={scroller}
        role="log"
        aria-label="Log"
        tabIndex={0}
        className={`${isLive ? 'h-[28rem]' : 'max-h-[28rem]'} overflow-auto font-mono text-xs leading-6`}
        onWheel={() => isFollowing && onFollowChange(false)}
      >
        <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().map((item) => {
            const line = lines[item.index];
            if (line === undefined) return null;
            const isMarked = line.n === highlightedLine || hits[hit] === item.index;
            return (
              <div
                key={line.n}
                className={`absolute inset-x-0 flex gap-3 px-2 ${isMarked ? 'bg-waiting-bg' : ''}`}
                style={{ transform: `translateY(${item.start}px)`, height: rowHeight }}
              >
                <button
                  type="button"
                  aria-label={`Link to line ${line.n}`}
                  onClick={() => onLineSelect?.(line.n)}
                  className="text-muted w-12 shrink-0 text-right tabular-nums select-none hover:underline"
                >
                  {line.n}
                </button>
                <Text text={line.text} />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Text({ text }: { text: string }) {
  const pieces = parseAnsi(text.slice(0, shownMax));
  return (
    <span className="whitespace-pre">
      {pieces.map((piece, index) => (
        <span key={index} className={piece.classes}>
          {piece.text}
        </span>
      ))}
      {text.length > shownMax && <span className="text-muted"> … {text.length - shownMax} more characters</span>}
    </span>
  );
}
