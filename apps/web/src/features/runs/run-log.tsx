'use client';

import { EmptyState, ErrorState, Skeleton } from '@flow/ui/feedback';
import { LogView } from '@flow/ui/log';
import { useState } from 'react';
import { faultOf } from '../../api-client/fault.ts';
import { useStepLog } from './use-step-log.ts';

interface RunLogProps {
  runId: string;
  logId: string;
  /** Whether the step still writes. */
  isLive: boolean;
  /** Name of the file that a download makes. */
  fileName: string;
  line: number | undefined;
  onLineSelect: (line: number) => void;
}

/** The log of one step, which grows while the step runs. Mount it anew (by key) for another step. */
export function RunLog({ runId, logId, isLive, fileName, line, onLineSelect }: RunLogProps) {
  const [wantsToFollow, setWantsToFollow] = useState(isLive && line === undefined);
  const { lines, isLoaded, error, readAgain } = useStepLog(runId, logId);
  if (error !== null && lines.length === 0) {
    const { message, requestId } = faultOf(error);
    return (
      <ErrorState
        title="The log could not be read"
        message={message}
        onRetry={readAgain}
        {...(requestId === undefined ? {} : { requestId })}
      />
    );
  }
  if (!isLoaded && lines.length === 0) return <Skeleton />;
  if (lines.length === 0) {
    return (
      <EmptyState title={isLive ? 'Nothing written yet' : 'No lines are kept'}>
        {isLive
          ? 'Lines appear here as the step writes them.'
          : 'This step wrote nothing, or it is so long ago that its lines were deleted. Its state and reason stand above.'}
      </EmptyState>
    );
  }
  return (
    <LogView
      lines={lines}
      fileName={fileName}
      isLive={isLive}
      isFollowing={wantsToFollow}
      onFollowChange={setWantsToFollow}
      onLineSelect={onLineSelect}
      {...(line === undefined ? {} : { highlightedLine: line })}
    />
  );
}
