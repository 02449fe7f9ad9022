import { AccessaError, ForeignAnswer, refusalOf } from "./AccessaError.ts"
import { readEvents } from "./readEvents.ts"
import type { Chunk, ChunkPage, Document, Job, JobEvent, Receipt, SearchRequest, SearchResult } from "./schemas.ts"
import { upload, type UploadOptions } from "./upload.ts"

export interface Connection {
  /** Of the API, such as https://ingestion.example.com. */
  readonly url: string | URL
  /** An API key or a token of the user. */
  readonly key: string
  readonly fetch?: typeof globalThis.fetch
}

interface Options {
  readonly signal?: AbortSignal
}

const hasEnded = (status: string | null): boolean => status === "complete" || (status ?? "").startsWith("failed_")

export class Accessa {
  readonly #connection: Connection
  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Sends a file; the job is the existing one if the same bytes are known. */
  upload(file: Blob, options: UploadOptions = {}) {
    return upload(this.#connection, file, options)
  }

  /** The job when it has ended, however that was. Waits out restarts of the API and its limits. */
  async wait(jobId: string, { signal }: Options = {}): Promise<Job> {
    for (;;) {
      const job = await patiently(() => this.#longPoll(jobId, signal), signal)
      if (hasEnded(job.status)) return job
    }
  }

  /** A user may wait for a few jobs at once: whether another one has ended is asked without waiting. */
  async #longPoll(jobId: string, signal: AbortSignal | undefined): Promise<Job> {
    try {
      return await this.request("GET", `/api/v1/jobs/${jobId}?wait=50`, { signal })
    } catch (error) {
      if (!(error instanceof AccessaError) || error.problem.code !== "TOO_MANY_AT_ONCE") throw error
      const job = await this.job(jobId, { signal })
      if (hasEnded(job.status)) return job
      throw error
    }
  }

  /** Every event of a job until it has ended. A connection that breaks is resumed after the last event received. */
  async *events(
    jobId: string,
    { after = 0, signal }: Options & { readonly after?: number } = {}
  ): AsyncGenerator<JobEvent> {
    let last = after
    let isFinal = false
    let hadEnded = false
    for (;;) {
      const before = last
      let isWhole = false
      const response = await patiently(
        () => this.#send("GET", `/api/v1/jobs/${jobId}/events`, { signal, headers: { "last-event-id": String(last) } }),
        signal
      )
      try {
        for await (const event of readEvents(response)) {
          last = event.event_id
          isFinal = hasEnded(event.to_status)
          yield event
        }
        // Not before the API ends the stream: a job that was retried has an end in its history.
        if (isFinal) return
        isWhole = true
      } catch (error) {
        if (signal?.aborted === true) throw error
      }
      // The job had ended before `after`: no event came on a connection that began after its end.
      if (isWhole && hadEnded && last === before) return
      hadEnded = hasEnded((await patiently(() => this.job(jobId, { signal }), signal)).status)
    }
  }

  search(request: SearchRequest, options: Options = {}): Promise<SearchResult> {
    return this.request("POST", "/api/v1/search", { ...options, body: request })
  }

  job(jobId: string, options: Options | { readonly signal: AbortSignal | undefined } = {}): Promise<Job> {
    return this.request("GET", `/api/v1/jobs/${jobId}`, options)
  }

  receipt(jobId: string, options: Options = {}): Promise<Receipt> {
    return this.request("GET", `/api/v1/jobs/${jobId}/receipt`, options)
  }

  document(documentId: string, options: Options = {}): Promise<Document> {
    return this.request("GET", `/api/v1/documents/${documentId}`, options)
  }

  /** All of them, in the document's order. */
  async *chunks(documentId: string, options: Options = {}): AsyncGenerator<Chunk> {
    let cursor: string | null = ""
    while (cursor !== null) {
      const query = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`
      const page: ChunkPage = await this.request(
        "GET",
        `/api/v1/documents/${documentId}/chunks?limit=200${query}`,
        options
      )
      yield* page.chunks
      cursor = page.next_cursor
    }
  }

  async remove(documentId: string, options: Options = {}): Promise<void> {
    await this.#send("DELETE", `/api/v1/documents/${documentId}`, options)
  }

  /** Any other route; the types of bodies and answers are exported by name. Undefined if the answer has no content. */
  async request<A>(method: string, path: string, options: Sent = {}): Promise<A> {
    const text = await (await this.#send(method, path, options)).text()
    const answer: A = text === "" ? undefined : JSON.parse(text)
    return answer
  }

  async #send(method: string, path: string, { body, headers, signal }: Sent): Promise<Response> {
    const { fetch = globalThis.fetch, key, url } = this.#connection
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal })
    })
    if (response.ok) return response
    throw refusalOf(response.status, await response.text())
  }
}

interface Sent {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
}

/** Repeats a read while the API is away, for two minutes, and as long as the user's own limits delay it. */
const patiently = async <A>(read: () => Promise<A>, signal: AbortSignal | undefined): Promise<A> => {
  let until = Date.now() + 120_000
  for (let pause = 250;; pause = Math.min(pause * 2, 5_000)) {
    try {
      return await read()
    } catch (error) {
      if (error instanceof AccessaError && error.status === 429) until = Date.now() + 120_000
      if (!isPassing(error) || signal?.aborted === true || Date.now() > until) throw error
      // As long as the API asks for, or a moment after a lost connection.
      await rest(error instanceof AccessaError ? (error.retryAfter ?? 0) * 1_000 : pause, signal)
    }
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof AccessaError
    ? error.retryAfter !== undefined
    : error instanceof ForeignAnswer
    ? error.status >= 502 && error.status <= 504
    : error instanceof TypeError

const rest = (millis: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resume, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort)
      resume()
    }, millis)
    signal?.addEventListener("abort", abort, { once: true })
  })
