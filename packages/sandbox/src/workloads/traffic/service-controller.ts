import type { Controller, KubeObject, ObjectKey, SandboxContext } from '../../store/index.ts';
import { hasLabels } from '../objects/label-selector.ts';
import { createLevelController } from '../objects/level-controller.ts';
import { PORT_ANNOTATION, processPort } from '../objects/pod.ts';
import { createForwarding, type Forwarding } from './forward-request.ts';
import { ProvenBackends } from './proven-backends.ts';
import { readyBackends, selectorOf, serviceKey, visitorsPerSecond, VISITORS_PATH_ANNOTATION } from './service-backends.ts';
import { ServiceListener } from './service-listener.ts';
import { trafficOf } from './traffic-report.ts';

interface RunningListener {
  listener: ServiceListener;
  stopVisitors: () => void;
  visitors: string;
}

/**
 * Gives each Service that has local processes behind it a loopback address, written into its annotation `sandbox.flow.dev/port`, and sends
 * it the visitors that it is annotated with.
 */
export function createServiceController(ctx: SandboxContext): Controller {
  const state = new ServiceListeners(ctx);
  return createLevelController({
    name: 'service',
    ctx,
    triggers: [
      { resource: 'services', keys: (event) => [event.object.metadata] },
      { resource: 'pods', keys: (event) => servicesOf(ctx, event.object) },
    ],
    all: () => ctx.store.list('services').map((service) => service.metadata),
    reconcile: (key) => {
      state.reconcile(key);
      return undefined;
    },
    onStop: () => state.close(),
  });
}

/** Only processes matter: a modelled pod gets no requests. */
function servicesOf(ctx: SandboxContext, pod: KubeObject): ObjectKey[] {
  if (processPort(pod) === undefined) return [];
  return ctx.store
    .list('services', pod.metadata.namespace)
    .filter((service) => {
      const selector = selectorOf(service);
      return selector !== undefined && hasLabels(pod.metadata.labels, selector);
    })
    .map((service) => service.metadata);
}

class ServiceListeners {
  readonly #ctx: SandboxContext;
  readonly #forwarding: Forwarding;
  readonly #proven: ProvenBackends;
  readonly #running = new Map<string, RunningListener>();
  readonly #closing = new Set<Promise<void>>();

  constructor(ctx: SandboxContext) {
    this.#ctx = ctx;
    this.#forwarding = createForwarding(ctx, trafficOf(ctx));
    this.#proven = new ProvenBackends(ctx.clock.now());
  }

  reconcile(key: ObjectKey): void {
    const id = `${key.namespace ?? ''}/${key.name}`;
    const service = this.#ctx.store.get('services', key);
    const running = this.#running.get(id);
    if (service === undefined) {
      this.#end(id);
      trafficOf(this.#ctx).forget(id);
      return;
    }
    if (running !== undefined) this.#refresh(running, service);
    else if (this.#hasProcesses(service)) this.#begin(id, service);
  }

  #refresh(running: RunningListener, service: KubeObject): void {
    const again = (): void => {
      const newest = this.#ctx.store.get('services', service.metadata);
      if (newest !== undefined && this.#running.get(serviceKey(service)) === running) this.#refresh(running, newest);
    };
    running.listener.use(this.#proven.usable(readyBackends(this.#ctx, service), again));
    this.#keepVisitors(running, service);
  }

  async close(): Promise<void> {
    for (const id of this.#running.keys()) this.#end(id);
    await Promise.all(this.#closing);
    this.#forwarding.agent.destroy();
  }

  #hasProcesses(service: KubeObject): boolean {
    const selector = selectorOf(service);
    if (selector === undefined) return false;
    return this.#ctx.store
      .list('pods', service.metadata.namespace)
      .some((pod) => processPort(pod) !== undefined && hasLabels(pod.metadata.labels, selector));
  }

  #begin(id: string, service: KubeObject): void {
    const listener = new ServiceListener(this.#forwarding, service);
    const running: RunningListener = { listener, stopVisitors: () => undefined, visitors: '' };
    this.#running.set(id, running);
    const wanted = processPort(service);
    listener.listen(wanted).then(
      (port) => {
        this.#ctx.store.modify(
          'services',
          service.metadata,
          (draft) => {
            if (draft.metadata.annotations?.[PORT_ANNOTATION] === String(port)) return false;
            draft.metadata.annotations = { ...draft.metadata.annotations, [PORT_ANNOTATION]: String(port) };
            return undefined;
          },
          { subresource: 'main' },
        );
        this.#ctx.log(`Service ${serviceKey(service)} listens on http://127.0.0.1:${port}`);
      },
      (error: unknown) => {
        this.#running.delete(id);
        this.#ctx.log(`Service ${id} cannot listen`, { error: String(error) });
      },
    );
    this.#refresh(running, service);
  }

  #keepVisitors(running: RunningListener, service: KubeObject): void {
    const perSecond = visitorsPerSecond(service) ?? 0;
    const path = service.metadata.annotations?.[VISITORS_PATH_ANNOTATION] ?? '/';
    const visitors = running.listener.hasBackends && perSecond > 0 ? `${perSecond} ${path}` : '';
    if (visitors === running.visitors) return;
    running.stopVisitors();
    running.visitors = visitors;
    running.stopVisitors = visitors === '' ? () => undefined : this.#startVisitors(running.listener, { perSecond, path });
  }

  #startVisitors(listener: ServiceListener, { perSecond, path }: { perSecond: number; path: string }): () => void {
    const everyMs = 1000 / perSecond;
    let cancel = (): void => undefined;
    const tick = (): void => {
      listener.visit(path);
      cancel = this.#ctx.clock.after(everyMs, tick);
    };
    cancel = this.#ctx.clock.after(everyMs, tick);
    return () => cancel();
  }

  #end(id: string): void {
    const running = this.#running.get(id);
    if (running === undefined) return;
    this.#running.delete(id);
    running.stopVisitors();
    const closed = running.listener.close();
    this.#closing.add(closed);
    void closed.finally(() => this.#closing.delete(closed));
  }
}
