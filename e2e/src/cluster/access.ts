import { existsSync, readFileSync } from 'node:fs';
import { contextNames, parseKubeconfig, type ClusterConnection } from '@flow/delivery/kubeconfig';
import { clusterEnvironment } from './env.ts';
import { adminKubeconfigPath, flowKubeconfigPath } from './places.ts';
import { ClusterRefused } from './refused.ts';
import { regions } from './regions.ts';

/** A real cluster that tests may use. */
export interface RealCluster {
  /** The region, which is the name of its context. */
  name: string;
  /** As Flow comes: with the rights of its account and no more. */
  flow: ClusterConnection;
  /** As an administrator, to prepare namespaces and to look behind; on clusters of someone else the same as `flow`. */
  admin: ClusterConnection;
  /** Argo Workflows runs here, with real containers. */
  runsWorkflows: boolean;
  /** Belongs to this checkout, so that a test may kill its parts. */
  isOwn: boolean;
}

/**
 * The real clusters that are there: those of `FLOW_TEST_KUBECONFIG`, one for each context in the order of the file (the first runs the workflows), else
 * those that `pnpm cluster up` started. Refuses when there are none: a suite that needs them fails, it is not left out in silence.
 */
export function realClusters(): RealCluster[] {
  const given = clusterEnvironment().kubeconfigPath;
  if (given !== null) return contextsIn(given).map((name, index) => foreign({ path: given, name, isFirst: index === 0 }));
  if (!existsSync(flowKubeconfigPath))
    throw new ClusterRefused('There is no real cluster: start them with `pnpm cluster up`, or give FLOW_TEST_KUBECONFIG.');
  return contextsIn(flowKubeconfigPath).map((name) => ({
    name,
    flow: connectionIn(flowKubeconfigPath, name),
    admin: connectionIn(adminKubeconfigPath, name),
    runsWorkflows: regions.some((region) => region.name === name && region.runsWorkflows),
    isOwn: true,
  }));
}

/** The kubeconfig with Flow's own account in each of the real clusters. */
export function flowKubeconfig(): string {
  return clusterEnvironment().kubeconfigPath ?? flowKubeconfigPath;
}

function foreign({ path, name, isFirst }: { path: string; name: string; isFirst: boolean }): RealCluster {
  const connection = connectionIn(path, name);
  return { name, flow: connection, admin: connection, runsWorkflows: isFirst, isOwn: false };
}

function contextsIn(path: string): string[] {
  const names = contextNames(readFileSync(path, 'utf8'));
  if (names.length === 0) throw new ClusterRefused(`${path} is not a kubeconfig with contexts.`);
  return names;
}

function connectionIn(path: string, context: string): ClusterConnection {
  const parsed = parseKubeconfig(readFileSync(path, 'utf8'), context);
  if (!parsed.ok) throw new ClusterRefused(`${path}: ${parsed.faults.map((fault) => `${fault.path}: ${fault.message}`).join('; ')}`);
  return parsed.connection;
}
