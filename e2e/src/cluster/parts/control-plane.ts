import { mkdirSync, writeFileSync } from 'node:fs';
import { flowAccount } from '@flow/delivery/access';
import { stringify } from 'yaml';
import { auditLogPath } from '../audit.ts';
import { regionDir } from '../places.ts';
import { tlsPath } from '../region/credentials.ts';
import type { Part, Rig } from './part.ts';

/** The controllers' own limits would be the wall when hundreds of canaries start at once. */
const requests = ['--kube-api-qps=400', '--kube-api-burst=800'];

/** Without flushing to disk: what a killed machine loses, a test cluster can lose. */
export function etcd({ region, programs }: Rig): Part {
  const client = `http://${region.address}:2379`;
  const peer = `http://${region.address}:2380`;
  return {
    name: 'etcd',
    program: programs.etcd,
    args: [
      `--data-dir=${regionDir(region.name, 'etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--unsafe-no-fsync',
      `--quota-backend-bytes=${4 * 1024 ** 3}`,
      '--log-level=warn',
    ],
  };
}

/** Only what the account of Flow does is written down: tests compare it with what it is granted. */
const whatFlowDoes = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata', users: [`system:serviceaccount:${flowAccount.namespace}:${flowAccount.name}`] }, { level: 'None' }],
};

/**
 * It listens on the first address of its own service range, which is the address of the service `kubernetes`: a pod on the host's network reaches it
 * there with no proxy.
 */
export function apiServer({ region, programs }: Rig): Part {
  const auditPolicy = regionDir(region.name, 'audit-policy.yaml');
  mkdirSync(regionDir(region.name), { recursive: true });
  writeFileSync(auditPolicy, stringify(whatFlowDoes));
  return {
    name: 'kube-apiserver',
    program: programs['kube-apiserver'],
    args: [
      `--etcd-servers=http://${region.address}:2379`,
      `--bind-address=${region.address}`,
      '--secure-port=443',
      '--advertise-address=127.0.0.1',
      '--endpoint-reconciler-type=none',
      `--service-cluster-ip-range=${region.serviceRange}`,
      '--allow-privileged',
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      `--client-ca-file=${tlsPath(region, 'ca.crt')}`,
      `--tls-cert-file=${tlsPath(region, 'server.crt')}`,
      `--tls-private-key-file=${tlsPath(region, 'server.key')}`,
      `--token-auth-file=${tlsPath(region, 'tokens.csv')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${tlsPath(region, 'service-account.pub')}`,
      `--service-account-signing-key-file=${tlsPath(region, 'service-account.key')}`,
      `--kubelet-client-certificate=${tlsPath(region, 'to-kubelet.crt')}`,
      `--kubelet-client-key=${tlsPath(region, 'to-kubelet.key')}`,
      `--kubelet-certificate-authority=${tlsPath(region, 'ca.crt')}`,
      '--kubelet-preferred-address-types=InternalIP,Hostname',
      `--audit-policy-file=${auditPolicy}`,
      `--audit-log-path=${auditLogPath(region.name)}`,
      '--audit-log-maxsize=50',
      '--audit-log-maxbackup=1',
      '--profiling=false',
      '--v=1',
    ],
    // The definitions of Argo Workflows make much garbage at their first reading; two regions are to fit beside a product and a browser.
    env: { GOGC: '50' },
  };
}

/** The controllers of Kubernetes, with an account for each. */
export function controllerManager({ region, programs }: Rig): Part {
  return {
    name: 'kube-controller-manager',
    program: programs['kube-controller-manager'],
    args: [
      `--kubeconfig=${tlsPath(region, 'kube-controller-manager.kubeconfig')}`,
      `--service-account-private-key-file=${tlsPath(region, 'service-account.key')}`,
      `--root-ca-file=${tlsPath(region, 'ca.crt')}`,
      '--use-service-account-credentials',
      '--concurrent-replicaset-syncs=20',
      ...listening(region.address, 10_257),
      ...serving(region),
      ...requests,
    ],
  };
}

/** Puts pods on the nodes. */
export function scheduler({ region, programs }: Rig): Part {
  return {
    name: 'kube-scheduler',
    program: programs['kube-scheduler'],
    args: [
      `--kubeconfig=${tlsPath(region, 'kube-scheduler.kubeconfig')}`,
      ...listening(region.address, 10_259),
      ...serving(region),
      ...requests,
    ],
  };
}

function listening(address: string, port: number): string[] {
  return [`--bind-address=${address}`, `--secure-port=${port}`, '--leader-elect=false', '--profiling=false'];
}

function serving(region: Rig['region']): string[] {
  return [`--tls-cert-file=${tlsPath(region, 'server.crt')}`, `--tls-private-key-file=${tlsPath(region, 'server.key')}`];
}
