import { FlowError } from '@flow/core/fault';
import type { ClusterClient, ListPage } from '../../cluster/index.ts';

interface Stored {
  name: string;
  uid: string;
  version: number;
  value: string;
}
type EventType = 'ADDED' | 'MODIFIED' | 'DELETED';
interface Logged {
  type: EventType;
  object: Stored;
  version: number;
}

/** What goes wrong with the next call or the open watch. */
export type Fault =
  | { on: 'open'; status: number }
  | { on: 'open'; throws: true }
  | { on: 'list'; throws: true }
  | { on: 'watch'; line: string }
  | { on: 'watch'; cut: 'reset' | 'close' | 'truncated' | 'halfOpen' };

/** An API server of one kind in memory: objects, their history, WatchList or paged lists, bookmarks, and faults on demand. */
export class ScriptedServer {
  readonly objects = new Map<string, Stored>();
  hasWatchList = true;
  lists = 0;
  watches = 0;
  #version = 100;
  #uid = 0;
  #log: Logged[] = [];
  #oldest = 0;
  #faults: Fault[] = [];
  #open: Pipe[] = [];

  get client(): Pick<ClusterClient, 'open' | 'list'> {
    return { open: (call) => this.#openWatch(call), list: () => this.#list() };
  }

  put(name: string, value: string): void {
    const before = this.objects.get(name);
    this.#version += 1;
    this.#uid += before === undefined ? 1 : 0;
    const object = { name, uid: before?.uid ?? `uid-${this.#uid}`, version: this.#version, value };
    this.objects.set(name, object);
    this.#emit({ type: before === undefined ? 'ADDED' : 'MODIFIED', object, version: this.#version });
  }

  remove(name: string): void {
    const before = this.objects.get(name);
    if (before === undefined) return;
    this.#version += 1;
    this.objects.delete(name);
    this.#emit({ type: 'DELETED', object: { ...before, version: this.#version }, version: this.#version });
  }

  /** Changes that no open watch is told about. */
  inSilence(change: () => void): void {
    const open = this.#open;
    this.#open = [];
    change();
    this.#open = open;
  }

  /** Nothing before now can be watched from any more. */
  compact(): void {
    this.#version += 1;
    this.#oldest = this.#version;
    this.#log = [];
  }

  bookmark(): void {
    this.#version += 1;
    for (const pipe of this.#open) pipe.write(this.#bookmarkLine(false));
  }

  /** A line as it is, on every open watch. */
  send(line: string): void {
    for (const pipe of this.#open) pipe.write(line);
  }

  fail(fault: Fault): void {
    if (fault.on !== 'watch') {
      this.#faults.push(fault);
      return;
    }
    const open = this.#open;
    if ('line' in fault) this.send(fault.line);
    else if (fault.cut === 'halfOpen') this.#open = [];
    else {
      this.#open = [];
      for (const pipe of open) {
        if (fault.cut === 'truncated') pipe.write('{"type":"MODIFIED","object":{"metadata":{"na');
        pipe.end(fault.cut === 'reset');
      }
    }
  }

  #takeFault(on: 'open' | 'list'): Fault | undefined {
    const index = this.#faults.findIndex((fault) => fault.on === on);
    return index < 0 ? undefined : this.#faults.splice(index, 1)[0];
  }

  async #openWatch(call: Parameters<ClusterClient['open']>[0]): ReturnType<ClusterClient['open']> {
    const fault = this.#takeFault('open');
    if (fault !== undefined && 'throws' in fault) throw new FlowError({ code: 'upstream', message: 'unreachable' });
    if (fault !== undefined && 'status' in fault) return answer(fault.status, new Pipe());
    const isInitial = call.query?.['sendInitialEvents'] === 'true';
    if (isInitial && !this.hasWatchList) return answer(422, new Pipe());
    const from = Number(call.query?.['resourceVersion'] ?? 0);
    this.watches += 1;
    const pipe = new Pipe();
    call.signal?.addEventListener('abort', () => {
      this.#open = this.#open.filter((one) => one !== pipe);
      pipe.end(true);
    });
    this.#begin(pipe, isInitial ? null : from);
    this.#open.push(pipe);
    return answer(200, pipe);
  }

  /** The first lines of a watch: everything that is there, or what happened since a version. */
  #begin(pipe: Pipe, from: number | null): void {
    if (from === null) {
      this.lists += 1;
      for (const object of this.objects.values()) pipe.write(line('ADDED', object));
      pipe.write(this.#bookmarkLine(true));
    } else if (from < this.#oldest) {
      pipe.write(`${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } })}\n`);
    } else {
      for (const logged of this.#log.filter((one) => one.version > from)) pipe.write(line(logged.type, logged.object));
    }
  }

  async *#list(): AsyncGenerator<ListPage> {
    this.lists += 1;
    const objects = [...this.objects.values()].map(asObject);
    const resourceVersion = String(this.#version);
    for (let start = 0; start === 0 || start < objects.length; start += 2) {
      if (this.#takeFault('list') !== undefined) throw new FlowError({ code: 'upstream', message: 'failed' });
      yield { items: objects.slice(start, start + 2), resourceVersion };
    }
  }

  #emit(logged: Logged): void {
    this.#log.push(logged);
    for (const pipe of this.#open) pipe.write(line(logged.type, logged.object));
  }

  #bookmarkLine(endsInitial: boolean): string {
    const annotations = endsInitial ? { 'k8s.io/initial-events-end': 'true' } : {};
    return `${JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: String(this.#version), annotations } } })}\n`;
  }
}

function asObject(stored: Stored): unknown {
  return {
    metadata: { name: stored.name, namespace: 'shop', uid: stored.uid, resourceVersion: String(stored.version) },
    value: stored.value,
  };
}

function line(type: EventType, stored: Stored): string {
  return `${JSON.stringify({ type, object: asObject(stored) })}\n`;
}

function answer(status: number, body: Pipe): Awaited<ReturnType<ClusterClient['open']>> {
  return { status, body, text: () => Promise.resolve('') };
}

/** The body of a watch: written by the server, read once by the client. */
class Pipe implements AsyncIterable<unknown> {
  #parts: Buffer[] = [];
  #ended: 'no' | 'well' | 'broken' = 'no';
  #wake: () => void = () => undefined;

  write(text: string): void {
    this.#parts.push(Buffer.from(text));
    this.#wake();
  }

  end(isBroken: boolean): void {
    if (this.#ended === 'no') this.#ended = isBroken ? 'broken' : 'well';
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    for (;;) {
      const part = this.#parts.shift();
      if (part !== undefined) yield part;
      else if (this.#ended === 'well') return;
      else if (this.#ended === 'broken') throw new Error('socket hang up');
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
