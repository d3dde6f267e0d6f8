'use client';

import { Button } from '@flow/ui/button';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { useRights } from '../query/use-rights.ts';
import type { Service } from './service-page.tsx';
import { StartRun } from './start-run.tsx';

// The form reads and writes YAML: that is loaded when it is opened.
const EditServiceDialog = dynamic(() => import('./edit-service.tsx').then((module) => module.EditServiceDialog));

/** What can be done with a service that is not archived. */
export function ServiceActions({ service }: { service: Service }) {
  const { can } = useRights();
  const [isEditing, setIsEditing] = useState(false);
  if (service.archivedAt !== null) return null;
  return (
    <>
      {can('service:edit') ? <Button onClick={() => setIsEditing(true)}>Edit</Button> : null}
      {can('run:start') ? <StartRun serviceId={service.id} serviceName={service.name} defaultBranch={service.defaultBranch} /> : null}
      {isEditing ? <EditServiceDialog service={service} onClose={() => setIsEditing(false)} /> : null}
    </>
  );
}
