import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { regionDir } from '../places.ts';
import type { Region } from '../regions.ts';
import { nodeName, tlsPath } from '../region/credentials.ts';
import type { Part, Rig } from './part.ts';

/** Only pods of workflows tolerate it: all others go to the modelled nodes. */
export const workflowTaint = { key: 'flow.dev/workflows', value: 'true', effect: 'NoSchedule' } as const;

/** The group of control groups below which all containers of a region run. */
export function cgroupRoot(region: Region): string {
  return `/flow-test-cluster-${region.name}`;
}

/** The socket of containerd, of this region only. */
export function containerdSocket(region: Region): string {
  return regionDir(region.name, 'containerd', 'containerd.sock');
}

const stateOf = (region: Region, ...names: string[]): string => regionDir(region.name, 'containerd', ...names);

/** containerd with folders and socket of its own; pods use the host's network, so there is no network to set up. */
export function containerd({ region, machine }: Rig): Part {
  mkdirSync(stateOf(region, 'cni'), { recursive: true });
  const cni = { cniVersion: '0.4.0', name: 'lo', plugins: [{ type: 'loopback' }] };
  writeFileSync(stateOf(region, 'cni', '10-loopback.conflist'), JSON.stringify(cni));
  const config = stateOf(region, 'config.toml');
  writeFileSync(config, containerdConfig(region, machine));
  return {
    name: 'containerd',
    program: machine.containerd,
    args: ['--config', config],
  };
}

function containerdConfig(region: Region, machine: Rig['machine']): string {
  const text = (value: string): string => JSON.stringify(value);
  return `version = 2
root = ${text(stateOf(region, 'root'))}
state = ${text(stateOf(region, 'state'))}
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]
[grpc]
  address = ${text(containerdSocket(region))}
[metrics]
  address = "${region.address}:10246"
[plugins."io.containerd.internal.v1.opt"]
  path = ${text(stateOf(region, 'opt'))}
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "docker.io/library/pause:local"
  restrict_oom_score_adj = true
  stream_server_address = "${region.address}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = ${text(machine.cniDir)}
    conf_dir = ${text(stateOf(region, 'cni'))}
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        BinaryName = ${text(machine.runc)}
        SystemdCgroup = false
`;
}

/** The kubelet of the node on which the steps of workflows run in real containers. */
export function kubelet({ region, programs }: Rig): Part {
  const root = regionDir(region.name, 'kubelet');
  mkdirSync(root, { recursive: true });
  const config = join(root, 'config.yaml');
  writeFileSync(config, stringify(kubeletConfig(region, root)));
  return {
    name: 'kubelet',
    program: programs.kubelet,
    args: [
      `--config=${config}`,
      `--kubeconfig=${tlsPath(region, 'kubelet.kubeconfig')}`,
      `--root-dir=${root}`,
      `--cert-dir=${join(root, 'pki')}`,
      `--hostname-override=${nodeName(region)}`,
      '--node-labels=flow.dev/runs=workflows',
      '--v=1',
    ],
  };
}

function kubeletConfig(region: Region, root: string): Record<string, unknown> {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: region.address,
    port: 10_250,
    healthzBindAddress: region.address,
    healthzPort: 10_248,
    readOnlyPort: 0,
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: tlsPath(region, 'ca.crt') } },
    authorization: { mode: 'Webhook' },
    tlsCertFile: tlsPath(region, 'server.crt'),
    tlsPrivateKeyFile: tlsPath(region, 'server.key'),
    containerRuntimeEndpoint: `unix://${containerdSocket(region)}`,
    podLogsDir: regionDir(region.name, 'pod-logs'),
    volumePluginDir: join(root, 'volume-plugins'),
    cgroupRoot: cgroupRoot(region),
    cgroupDriver: 'cgroupfs',
    failCgroupV1: false,
    failSwapOn: false,
    localStorageCapacityIsolation: false,
    enforceNodeAllocatable: [],
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    // The images were put there by hand and can be had nowhere else.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    makeIPTablesUtilChains: false,
    oomScoreAdj: 0,
    maxPods: 250,
    resolvConf: '',
    registerWithTaints: [workflowTaint],
  };
}
