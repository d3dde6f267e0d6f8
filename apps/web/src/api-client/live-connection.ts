export type LiveState = 'live' | 'connecting' | 'offline';

export interface LiveListener {
  onFrame(data: unknown): void;
  /** Something was missed that cannot be sent any more. */
  onReset(): void;
}

/** The server pings every 3 s: a stream that is silent for longer is lost, whatever the browser thinks. */
const silentMs = 5_000;
const retryMinMs = 300;
const retryMaxMs = 5_000;

/**
 * The one event stream of a tab. It goes on after the last frame that it has, after a lost connection, a restart of the server or a laptop's sleep;
 * opening it anew for other topics does the same.
 */
export class LiveConnection {
  readonly #onState: (state: LiveState) => void;
  readonly #listeners = new Map<LiveListener, readonly string[]>();
  #tenant: string | null = null;
  #source: EventSource | null = null;
  #openTopics = '';
  #lastId: string | null = null;
  #silence: number | undefined;
  #reopening: number | undefined;
  #failureCount = 0;
  #isClosed = false;

  constructor(onState: (state: LiveState) => void) {
    this.#onState = onState;
  }

  setTenant(tenant: string | null): void {
    this.#isClosed = false;
    if (tenant === this.#tenant) return;
    this.#tenant = tenant;
    this.#lastId = null;
    this.#reopen(0);
  }

  /** Hears the topics until the returned function is called. `tenant` alone stands for the lists of the tenant. */
  listen(topics: readonly string[], listener: LiveListener): () => void {
    this.#listeners.set(listener, topics);
    this.#topicsChanged();
    return () => {
      this.#listeners.delete(listener);
      this.#topicsChanged();
    };
  }

  close(): void {
    this.#isClosed = true;
    window.clearTimeout(this.#reopening);
    window.clearTimeout(this.#silence);
    this.#source?.close();
    this.#source = null;
  }

  #topicsChanged(): void {
    // Components that come and go in one render change the topics once.
    if (this.#topics() !== this.#openTopics) this.#reopen(0);
  }

  #topics(): string {
    return [...new Set([...this.#listeners.values()].flat())].toSorted().join(',');
  }

  #reopen(delayMs: number): void {
    window.clearTimeout(this.#reopening);
    this.#reopening = window.setTimeout(() => this.#open(), delayMs);
  }

  #open(): void {
    const topics = this.#topics();
    this.#source?.close();
    this.#source = null;
    window.clearTimeout(this.#silence);
    this.#openTopics = topics;
    if (this.#isClosed || this.#tenant === null || topics === '') return;
    const query = new URLSearchParams({ tenant: this.#tenant, topics, ...(this.#lastId === null ? {} : { after: this.#lastId }) });
    const source = new EventSource(`/api/stream?${query.toString()}`);
    this.#source = source;
    source.addEventListener('open', () => this.#heard());
    source.addEventListener('hello', (event) => {
      const isFirst = this.#lastId === null;
      this.#took(event);
      // What the page asked before this stream began may already be old, and no frame will tell.
      if (isFirst) for (const listener of this.#listeners.keys()) listener.onReset();
    });
    source.addEventListener('ping', () => this.#heard());
    source.addEventListener('reset', (event) => {
      this.#took(event);
      for (const listener of this.#listeners.keys()) listener.onReset();
    });
    source.addEventListener('message', (event: MessageEvent<string>) => {
      this.#took(event);
      this.#deliver(event.data);
    });
    source.addEventListener('error', () => this.#lost());
    this.#watchSilence();
  }

  #deliver(text: string): void {
    const data: unknown = JSON.parse(text);
    const topics = typeof data === 'object' && data !== null && 'topics' in data && Array.isArray(data.topics) ? data.topics : [];
    for (const [listener, wanted] of this.#listeners)
      if (wanted.some((topic) => topics.some((sent) => isSameTopic(sent, topic)))) listener.onFrame(data);
  }

  #took(event: MessageEvent): void {
    if (event.lastEventId !== '') this.#lastId = event.lastEventId;
    this.#heard();
  }

  #heard(): void {
    this.#failureCount = 0;
    this.#onState('live');
    this.#watchSilence();
  }

  #watchSilence(): void {
    window.clearTimeout(this.#silence);
    this.#silence = window.setTimeout(() => this.#lost(), silentMs);
  }

  #lost(): void {
    this.#source?.close();
    this.#source = null;
    window.clearTimeout(this.#silence);
    this.#failureCount += 1;
    this.#onState(navigator.onLine ? 'connecting' : 'offline');
    // Full jitter: a thousand tabs do not come back in the same moment.
    const ceilingMs = Math.min(retryMaxMs, retryMinMs * 2 ** this.#failureCount);
    this.#reopen(retryMinMs + Math.random() * ceilingMs);
  }
}

/** A page names its tenant's lists as `tenant`; the frame carries the id too. */
function isSameTopic(sent: unknown, wanted: string): boolean {
  return sent === wanted || (wanted === 'tenant' && typeof sent === 'string' && sent.startsWith('tenant:'));
}
