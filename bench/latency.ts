/**
 * `pnpm bench latency`: how long a short document takes from its upload until it is complete, and where the time goes. A real API
 * and a real worker with nothing else to do, on the server of DATABASE_URL; the mock of the embedder answers at once.
 */
import { Console, Effect, FileSystem, Redacted, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import { SqlClient } from "effect/sql"
import { DatabasePostgres } from "../layers/Postgres/connection/Postgres.ts"
import { embeddingsUrl, emptyDatabase, requireServer, RunFailed } from "./child.ts"
import { freePort } from "./freePort.ts"
import { makeDocuments } from "./makeDocuments.ts"
import { startProgram } from "./startProgram.ts"

/** The first documents also pay for connections, plans and compilation. */
const warmUp = 100
/** A page. */
const bytes = 3_000

export const latency = Command.make(
  "latency",
  {
    documents: Flag.Int("documents").pipe(Flag.withDefault(300)),
    json: Flag.Boolean("json").pipe(Flag.withDefault(false))
  },
  Effect.fn("bench.latency")(function*({ documents, json }) {
    yield* requireServer
    const stack = yield* startStack
    const folder = yield* makeDocuments(warmUp + documents, bytes)
    const seen: Array<number> = []
    for (let document = 0; document < warmUp + documents; document++) {
      const milliseconds = yield* completeOne(stack, `${folder}/${document}.md`)
      if (document >= warmUp) seen.push(milliseconds)
    }
    const steps = yield* Effect.provide(stepsOf(documents), stack.database)
    const columns = {
      "picked up by the idle worker": steps.map(({ picked_up }) => picked_up),
      "read, parsed, validated, chunked": steps.map(({ prepared }) => prepared),
      "embedded, stored, verified": steps.map(({ embedded }) => embedded),
      "upload to complete, in the database": steps.map(({ total }) => total),
      "upload to complete, as a client sees it": seen
    }
    for (const [name, milliseconds] of Object.entries(columns)) {
      const row = {
        name,
        p50_ms: at(milliseconds, 0.5),
        p95_ms: at(milliseconds, 0.95),
        p99_ms: at(milliseconds, 0.99)
      }
      yield* Console.log(
        json ? JSON.stringify(row) : `${name}: p50 ${row.p50_ms}, p95 ${row.p95_ms}, p99 ${row.p99_ms} ms`
      )
    }
  }, Effect.scoped)
)

interface Served {
  readonly api: string
  readonly key: string
}

const startStack = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const port = Effect.map(freePort, String)
  const [apiPort, healthPort] = yield* Effect.all([port, port])
  const { DATABASE_URL = "" } = yield* emptyDatabase
  const env = {
    PARSER: "local",
    OPENAI_API_URL: yield* embeddingsUrl,
    // On the disk where data lives: a temporary folder may be in memory, where nothing is durable.
    ACCESSA_DATA_DIR: yield* fs.makeTempDirectoryScoped({ directory: ".", prefix: ".accessa-bench-" }),
    API_PORT: apiPort,
    WORKER_HEALTH_PORT: healthPort,
    LOG_LEVEL: "Error",
    DATABASE_URL
  }
  yield* startProgram("src/bin/api.ts", apiPort, env)
  yield* startProgram("src/bin/worker.ts", healthPort, env)
  return {
    api: `http://127.0.0.1:${apiPort}/api/v1`,
    key: (yield* fs.readFileString(`${env.ACCESSA_DATA_DIR}/local-key`)).trim(),
    database: DatabasePostgres({
      url: Redacted.make(DATABASE_URL),
      maxConnections: 1,
      applicationName: "accessa bench",
      as: "login"
    })
  }
})

const Job = Schema.Struct({ job_id: Schema.String, status: Schema.String })

const completeOne = Effect.fnUntraced(function*({ api, key }: Served, file: string) {
  const fs = yield* FileSystem.FileSystem
  const form = new FormData()
  form.set("file", new File([yield* fs.readFile(file)], "page.md", { type: "text/markdown" }))
  const send = (request: HttpClientRequest.HttpClientRequest) =>
    HttpClient.execute(HttpClientRequest.bearerToken(request, key)).pipe(
      Effect.flatMap(HttpClientResponse.filterStatusOk),
      Effect.flatMap(HttpClientResponse.schemaBodyJson(Job))
    )
  const start = performance.now()
  const { job_id } = yield* send(
    HttpClientRequest.post(`${api}/documents`).pipe(HttpClientRequest.bodyFormData(form))
  )
  const { status } = yield* send(HttpClientRequest.get(`${api}/jobs/${job_id}?wait=50`))
  if (status !== "complete") return yield* new RunFailed({ message: `A document is ${status}.` })
  return performance.now() - start
})

interface Steps {
  readonly picked_up: number
  readonly prepared: number
  readonly embedded: number
  readonly total: number
}

/** Of the newest documents, in milliseconds. */
const stepsOf = Effect.fnUntraced(function*(documents: number) {
  const sql = yield* SqlClient.SqlClient
  const since = (from: string, to: string) => sql.literal(`(1000 * extract(epoch FROM ${to} - ${from}))::float8`)
  return yield* sql<Steps>`
    SELECT ${since("e.uploaded", "j.processing_started_at")} AS picked_up,
      ${since("j.processing_started_at", "e.prepared")} AS prepared,
      ${since("e.prepared", "e.complete")} AS embedded,
      ${since("j.created_at", "e.complete")} AS total
    FROM upload_jobs j JOIN (
      SELECT job_id, min(created_at) FILTER (WHERE to_status = 'uploaded') AS uploaded,
        min(created_at) FILTER (WHERE to_status = 'embedding_in_progress') AS prepared,
        min(created_at) FILTER (WHERE to_status = 'complete') AS complete
      FROM job_events GROUP BY job_id
    ) e USING (job_id) ORDER BY j.created_at DESC LIMIT ${documents}`
})

const at = (values: ReadonlyArray<number>, share: number): number =>
  Math.round(10 * (values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0)) / 10
