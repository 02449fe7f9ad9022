/** The HTTP API as its callers use it, with the local stack's key or another tenant's. */
import { Effect, FileSystem, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { IdsRandom } from "../../layers/Ids/Random.ts"
import { ApiKeysSql } from "../../layers/Postgres/access/ApiKeys.ts"
import { ApiKeys } from "../../services/ApiKeys.ts"
import { UserId } from "../../src/domain/Ids.ts"
import { must, untilEnded } from "./judge.ts"
import { type Settings, World } from "./World.ts"

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** An empty object if it is not JSON. */
  readonly body: Readonly<Record<string, unknown>>
  readonly code: unknown
}

export type Content = string | Uint8Array<ArrayBuffer>

/** Calls a running API, with the local stack's key unless another is given. */
export const callers = Effect.gen(function*() {
  const { directory, urls } = yield* World
  const fs = yield* FileSystem.FileSystem
  const key = (yield* fs.readFileString(`${directory}/local-key`)).trim()
  const ask = (path: string, init: RequestInit = {}, as = key) =>
    Effect.promise(async (signal): Promise<Answer> => {
      const headers = new Headers(init.headers)
      if (!headers.has("authorization") && as !== "") headers.set("authorization", `Bearer ${as}`)
      const response = await fetch(new URL(path, urls.api), { redirect: "manual", signal, ...init, headers })
      const text = await response.text()
      const isJson = /json/.test(response.headers.get("content-type") ?? "")
      const body = isJson ? JSON.parse(text) : {}
      return { status: response.status, headers: response.headers, text, body, code: body.code }
    })
  const upload = (
    name: string,
    content: Content,
    more: { readonly fields?: Settings; readonly headers?: Settings; readonly as?: string } = {}
  ) => {
    const form = new FormData()
    for (const [field, value] of Object.entries(more.fields ?? {})) form.append(field, value)
    form.append("file", new Blob([content]), name)
    return ask("/api/v1/documents", { method: "POST", body: form, headers: more.headers ?? {} }, more.as)
  }
  return {
    key,
    ask,
    upload,
    /** Uploads a document and returns how it ended. */
    ingest: Effect.fnUntraced(function*(name: string, content: Content) {
      const answer = yield* upload(name, content)
      yield* must(answer.status === 202, `${name} was answered ${answer.status} ${answer.code}.`)
      const job = { job_id: String(answer.body["job_id"]), document_id: String(answer.body["document_id"]) }
      return { ...job, ...(yield* untilEnded(job)) }
    })
  }
})

/** Starts the API and, if wanted, a worker and the mock OpenAI. */
export const startApi = Effect.fnUntraced(
  function*(options: { readonly worker?: boolean; readonly settings?: Settings } = {}) {
    const { start } = yield* World
    if (options.worker === true) yield* start("mock-openai", options.settings)
    const process = yield* start("api", options.settings)
    if (options.worker === true) yield* start("worker", options.settings)
    return { process, ...(yield* callers) }
  }
)

/** A new user with a key. */
export const anotherUser = Effect.gen(function*() {
  const keys = yield* ApiKeys
  const by = { actor: "judge", role: "system", reason: null, correlationId: null }
  const { secret } = yield* keys.make(
    { userId: UserId.make(randomUUID()), role: "user", name: "judge", expiresAt: null },
    by
  )
  return Redacted.value(secret)
}).pipe(Effect.provide(ApiKeysSql.pipe(Layer.provide(IdsRandom))))

/** The files in the storage. */
export const storedFiles = Effect.gen(function*() {
  const { directory } = yield* World
  const fs = yield* FileSystem.FileSystem
  const folder = `${directory}/storage`
  const names = yield* Effect.orElseSucceed(fs.readDirectory(folder, { recursive: true }), () => [])
  const files = yield* Effect.filter(names, (name) =>
    fs.stat(`${folder}/${name}`).pipe(
      Effect.map(({ type }) => type === "File"),
      // The worker has removed it meanwhile.
      Effect.catchIf(({ reason }) => reason._tag === "NotFound", () => Effect.succeed(false))
    ))
  return files.toSorted()
})

/** A refusal with this code that leaves no row and no file. */
export const mustLeaveNothing = Effect.fnUntraced(function*(answer: Answer, status: number, code: string) {
  const sql = yield* SqlClient.SqlClient
  yield* must(answer.status === status && answer.code === code, `It was answered ${answer.status} ${answer.code}.`)
  const [rows] = yield* sql<{ readonly count: number }>`
    SELECT (SELECT count(*) FROM documents)::int + (SELECT count(*) FROM upload_jobs)::int AS count`
  yield* must(rows?.count === 0, `There are ${rows?.count} rows of it.`)
  const files = yield* storedFiles
  yield* must(files.length === 0, `There is ${files.join(", ")}.`)
})

export const chunksOf = Effect.fnUntraced(function*({ document_id }: { readonly document_id: string }) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ readonly id: string; readonly text: string; readonly sha: string }>`
    SELECT chunk_id::text AS id, text, chunk_sha AS sha FROM document_chunk_buffer
    WHERE document_id = ${document_id} ORDER BY chunk_ord`
})
