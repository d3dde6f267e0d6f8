/** The programs that are built. */
export type ProgramName =
  | 'etcd'
  | 'kwok'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kubelet'
  | 'rollouts-controller'
  | 'workflow-controller'
  | 'argoexec';

/** Programs that Flow is measured beside; only a benchmark builds them. */
export type PeerName = 'argo-server' | 'rollouts-dashboard';

/** How one program is built, from a package that a wrapper module pins. */
export interface BuiltProgram {
  /** The wrapper module below `e2e/cluster/modules`. */
  module: string;
  package: string;
  linkFlags?: string;
}

/** A change to a module's source before it is built, with the reason. */
export type SourceEdit =
  | { kind: 'copy'; from: string; to: string; why: string }
  | { kind: 'replace'; file: string; old: string; new: string; why: string };

const kubernetesVersion = '1.37.2';
const stamp = 'k8s.io/component-base/version';
const [major, minor] = kubernetesVersion.split('.');
const kubernetesFlags = `-X ${stamp}.gitVersion=v${kubernetesVersion} -X ${stamp}.gitMajor=${major ?? ''} -X ${stamp}.gitMinor=${minor ?? ''} -X ${stamp}.gitTreeState=clean`;

const kubernetes = (name: string): BuiltProgram => ({
  module: 'kubernetes',
  package: `k8s.io/kubernetes/cmd/${name}`,
  linkFlags: kubernetesFlags,
});

export const builtPrograms: Readonly<Record<ProgramName, BuiltProgram>> = {
  etcd: { module: 'etcd', package: 'go.etcd.io/etcd/server/v3' },
  kwok: { module: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok' },
  'kube-apiserver': kubernetes('kube-apiserver'),
  'kube-controller-manager': kubernetes('kube-controller-manager'),
  'kube-scheduler': kubernetes('kube-scheduler'),
  kubelet: kubernetes('kubelet'),
  'rollouts-controller': { module: 'argo-rollouts', package: 'github.com/argoproj/argo-rollouts/cmd/rollouts-controller' },
  'workflow-controller': { module: 'argo-workflows', package: 'github.com/argoproj/argo-workflows/v4/cmd/workflow-controller' },
  argoexec: { module: 'argo-workflows', package: 'github.com/argoproj/argo-workflows/v4/cmd/argoexec' },
};

export const builtPeers: Readonly<Record<PeerName, BuiltProgram>> = {
  'argo-server': { module: 'argo-server', package: 'github.com/argoproj/argo-workflows/v4/cmd/argo' },
  'rollouts-dashboard': { module: 'rollouts-dashboard', package: 'github.com/argoproj/argo-rollouts/cmd/kubectl-argo-rollouts' },
};

/** The Go module behind each wrapper: its manifests are taken from there, and its source when it is edited. */
export const upstreams = {
  'argo-workflows': 'github.com/argoproj/argo-workflows/v4',
  'argo-server': 'github.com/argoproj/argo-workflows/v4',
  'argo-rollouts': 'github.com/argoproj/argo-rollouts',
  'rollouts-dashboard': 'github.com/argoproj/argo-rollouts',
  kwok: 'sigs.k8s.io/kwok',
} as const;

const onLoopback = 'it listens on all addresses of the machine and has no setting for that';
const noPages = 'its pages are not in the archive of the module, and the compiler wants a file in their place: only its API is measured';

/** Nothing here touches what the controllers and the peers do. */
export const sourceEdits: Readonly<Record<string, readonly SourceEdit[]>> = {
  'argo-workflows': [
    {
      kind: 'copy',
      from: 'workflow/executor/osspecific/signal_darwin.go',
      to: 'workflow/executor/osspecific/signal_linux.go',
      why: 'it is a link in their repository, and the archive of a Go module holds no links',
    },
    {
      kind: 'replace',
      file: 'cmd/workflow-controller/main.go',
      old: 'http.ListenAndServe(":6060", nil)',
      new: 'http.ListenAndServe("127.0.0.1:6060", nil)',
      why: onLoopback,
    },
    {
      kind: 'replace',
      file: 'util/telemetry/exporter_prometheus.go',
      old: 'fmt.Sprintf(":%v", m.config.port())',
      new: 'fmt.Sprintf("127.0.0.1:%v", m.config.port())',
      why: onLoopback,
    },
  ],
  'argo-rollouts': [{ kind: 'replace', file: 'controller/controller.go', old: '"0.0.0.0:%d"', new: '"127.0.0.1:%d"', why: onLoopback }],
  'argo-server': [
    { kind: 'copy', from: 'ui/README.md', to: 'ui/dist/app/index.html', why: noPages },
    {
      kind: 'replace',
      file: 'server/apiserver/argoserver.go',
      old: 'fmt.Sprintf(":%d", port)',
      new: 'fmt.Sprintf("127.0.0.1:%d", port)',
      why: onLoopback,
    },
  ],
  'rollouts-dashboard': [{ kind: 'copy', from: 'README.md', to: 'server/static/index.html', why: noPages }],
};
