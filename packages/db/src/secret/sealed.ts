import type { Tx } from '../client/index.ts';

/** A sealed secret with its place: it opens only there. */
export interface SealedSecret {
  table: 'cluster' | 'webhook_source' | 'notification_channel' | 'external_check';
  column: string;
  rowId: string;
  sealed: string;
}

/** Every sealed secret of the installation. platform-wide: all tenants' secrets are under one key. */
export async function listSealedSecrets(reader: Tx): Promise<SealedSecret[]> {
  const clusters = await reader.cluster.findMany({
    where: { removedAt: null },
    select: { id: true, sealedCredential: true },
    orderBy: { id: 'asc' },
  });
  const sources = await reader.webhookSource.findMany({ select: { id: true, sealedSecret: true }, orderBy: { id: 'asc' } });
  const channels = await reader.notificationChannel.findMany({
    where: { removedAt: null },
    select: { id: true, sealedSecret: true },
    orderBy: { id: 'asc' },
  });
  const externals = await reader.externalCheck.findMany({
    where: { removedAt: null },
    select: { id: true, sealedSecret: true },
    orderBy: { id: 'asc' },
  });
  return [
    ...clusters.map(({ id, sealedCredential }) => ({
      table: 'cluster' as const,
      column: 'sealed_credential',
      rowId: id,
      sealed: sealedCredential,
    })),
    ...sources.map(({ id, sealedSecret }) => ({
      table: 'webhook_source' as const,
      column: 'sealed_secret',
      rowId: id,
      sealed: sealedSecret,
    })),
    ...channels.map(({ id, sealedSecret }) => ({
      table: 'notification_channel' as const,
      column: 'sealed_secret',
      rowId: id,
      sealed: sealedSecret,
    })),
    ...externals.map(({ id, sealedSecret }) => ({
      table: 'external_check' as const,
      column: 'sealed_secret',
      rowId: id,
      sealed: sealedSecret,
    })),
  ];
}

/** Puts the same secret there, sealed anew; false when it was replaced meanwhile. */
export async function replaceSealedSecret(tx: Tx, { table, rowId, sealed }: SealedSecret, next: string): Promise<boolean> {
  switch (table) {
    case 'cluster': {
      const { count } = await tx.cluster.updateMany({
        where: { id: rowId, sealedCredential: sealed },
        data: { sealedCredential: next },
      });
      return count === 1;
    }
    case 'webhook_source': {
      const { count } = await tx.webhookSource.updateMany({ where: { id: rowId, sealedSecret: sealed }, data: { sealedSecret: next } });
      return count === 1;
    }
    case 'notification_channel': {
      const where = { id: rowId, sealedSecret: sealed };
      const { count } = await tx.notificationChannel.updateMany({ where, data: { sealedSecret: next } });
      return count === 1;
    }
    case 'external_check': {
      const where = { id: rowId, sealedSecret: sealed };
      const { count } = await tx.externalCheck.updateMany({ where, data: { sealedSecret: next } });
      return count === 1;
    }
  }
}
