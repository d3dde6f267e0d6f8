import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';

const schema = z.object({
  PATH: z.string().default(''),
  HOME: z.string().optional(),
  XDG_CACHE_HOME: z.string().optional(),
  FLOW_CLUSTER_CACHE: z.string().min(1).optional(),
  FLOW_TEST_KUBECONFIG: z.string().min(1).optional(),
  GOPROXY: z.string().optional(),
  GOPRIVATE: z.string().optional(),
  GONOSUMDB: z.string().optional(),
  GOSUMDB: z.string().optional(),
  GOMODCACHE: z.string().optional(),
  GOPATH: z.string().optional(),
  HTTPS_PROXY: z.string().optional(),
  NO_PROXY: z.string().optional(),
  SSL_CERT_FILE: z.string().optional(),
});

export interface ClusterEnvironment {
  /** Folders to look for programs in, with those that only root has in the path. */
  searchPath: readonly string[];
  /** Built programs and Go's own cache: outside of the source tree, shared by all checkouts of this user. */
  cacheDir: string;
  /** A kubeconfig of other clusters that replaces the ones of this machine. */
  kubeconfigPath: string | null;
  /** What a program that is started gets: nothing of the caller but the path and how to reach Go modules. */
  childEnv: Readonly<Record<string, string>>;
}

/** Reads the settings of the clusters on this machine. */
export function clusterEnvironment(): ClusterEnvironment {
  const { XDG_CACHE_HOME, FLOW_CLUSTER_CACHE, FLOW_TEST_KUBECONFIG, PATH, HOME, ...go } = schema.parse(process.env);
  const home = HOME ?? homedir();
  const searchPath = [...PATH.split(':').filter((folder) => folder !== ''), '/usr/local/go/bin', '/usr/local/sbin', '/usr/sbin', '/sbin'];
  const given = Object.entries(go).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    searchPath,
    cacheDir: resolve(FLOW_CLUSTER_CACHE ?? join(XDG_CACHE_HOME ?? join(home, '.cache'), 'flow', 'cluster')),
    kubeconfigPath: FLOW_TEST_KUBECONFIG ?? null,
    childEnv: { ...Object.fromEntries(given), PATH: searchPath.join(':'), HOME: home },
  };
}
