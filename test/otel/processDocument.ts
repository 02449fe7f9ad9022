/** One document, through an API and a worker that run as they do in production, with a collector. */
import { Config, Duration, Effect, FileSystem, Layer, Option, Redacted, Schedule, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { env, execPath } from "node:process"
import { fileURLToPath } from "node:url"
import * as MockLlamaParse from "../../src/mocks/llamaparse/MockLlamaParse.ts"
import * as MockOpenAI from "../../src/mocks/openai/MockOpenAI.ts"
import { freePort } from "../faults/PostgresPlace.ts"
import { type Program, startProcess } from "../faults/Process.ts"
import { serveApart } from "../pipeline/serveApart.ts"
import { copyPgliteTemplate } from "../support/databases/PgliteCopy.ts"
import { PostgresCopy } from "../support/databases/PostgresCopy.ts"
import { serveStub } from "../support/stubs/HttpStub.ts"
import type { OtlpReceiver } from "../support/stubs/OtlpReceiver.ts"
import { DocumentParserMemory } from "../twins/DocumentParserMemory.ts"

const server = Effect.runSync(Effect.map(Config.option(Config.Redacted("DATABASE_URL")), Option.getOrUndefined))

const text = "# The tangerine\n\nA tangerine is peeled by hand, and this sentence must leave no trace."
export const traceId = "0af7651916cd43dd8448eb211c80319c"
export const callerSpan = "b7ad6b7169203331"

/** The first call is refused: the stage is attempted twice. */
const refusedOnce = {
  name: "refused once",
  openai: [{ on: "embeddings", times: 1, reply: { status: 429, code: "rate_limit_exceeded", message: "Slow down." } }]
} as const

const Job = Schema.Struct({
  job_id: Schema.String,
  document_id: Schema.String,
  user_id: Schema.String,
  correlation_id: Schema.String,
  status: Schema.String
})
const decodeView = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Struct({ trace_url: Schema.String })))
const decodeJob = Schema.decodeUnknownSync(Schema.fromJsonString(Job))

/** One document through all of it; answers its job when the webhook has been delivered, at the second attempt. */
export const processDocument = Effect.fnUntraced(function*(receiver: OtlpReceiver, database: Record<string, string>) {
  const fs = yield* FileSystem.FileSystem
  const dataDir = yield* fs.makeTempDirectoryScoped({ prefix: "accessa-trace-" })
  if (server === undefined) yield* copyPgliteTemplate(`${dataDir}/data`)
  const openai = yield* serveApart(
    MockOpenAI.serve({ delay: Duration.zero, failureRate: 0, vectors: "lexical", scenario: refusedOnce })
  )
  const llamaparse = yield* serveApart(
    MockLlamaParse.serve({
      // Longer than a worker on a busy machine takes from the submission to its first look: it has to park the job.
      delay: Duration.seconds(3),
      failureRate: 0,
      content: "document",
      seed: 1,
      allowLoopbackCallbacks: true
    }).pipe(Layer.provide(DocumentParserMemory))
  )
  const heard: Array<string | undefined> = []
  const hook = yield* serveStub(({ headers }) => {
    const { traceparent } = headers
    heard.push(typeof traceparent === "string" ? traceparent : undefined)
    return { status: heard.length === 1 ? 500 : 200 }
  })
  const [apiPort, healthPort] = [yield* freePort, yield* freePort]
  const api = new URL(`http://127.0.0.1:${apiPort}`)
  const start = (program: Program, health: URL) =>
    startProcess({
      program,
      directory: fileURLToPath(new URL("../../", import.meta.url)),
      logFile: `${dataDir}/${program}.log`,
      health,
      env: {
        PATH: env["PATH"] ?? execPath,
        ACCESSA_DATA_DIR: dataDir,
        API_PORT: String(apiPort),
        WORKER_HEALTH_PORT: String(healthPort),
        LLAMAPARSE_API_URL: llamaparse.href,
        OPENAI_API_URL: new URL("/v1", openai).href,
        EGRESS_ALLOW_PRIVATE: "true",
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url.href,
        TRACE_URL_TEMPLATE: "http://jaeger.test/trace/{trace_id}",
        ...database
      }
    })
  const apiProcess = yield* start("api", new URL("/health", api))
  const worker = yield* start("worker", new URL(`http://127.0.0.1:${healthPort}/health`))
  const key = (yield* fs.readFileString(`${dataDir}/local-key`)).trim()
  const ask = (path: string, init: RequestInit = {}) =>
    Effect.promise(async () => {
      const headers = new Headers(init.headers)
      headers.set("authorization", `Bearer ${key}`)
      return (await fetch(new URL(path, api), { ...init, headers })).text()
    })
  yield* ask("/api/v1/webhooks", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ url: new URL("/hook/secret-path", hook).href, events: ["job.complete"] })
  })
  const form = new FormData()
  form.append("file", new Blob([text]), "tangerine.md")
  const job = decodeJob(
    yield* ask("/api/v1/documents", {
      method: "POST",
      body: form,
      headers: { traceparent: `00-${traceId}-${callerSpan}-01` }
    })
  )
  yield* Effect.suspend(() => Effect.succeed(heard.length)).pipe(
    Effect.repeat({ until: (count) => count === 2, schedule: Schedule.spaced("50 millis") })
  )
  const view = decodeView(yield* ask(`/api/v1/jobs/${job.job_id}`))
  const problem = yield* ask(`/api/v1/jobs/${job.document_id}`)
  // What is left is sent when they stop.
  yield* worker.signal("SIGTERM")
  yield* worker.exited
  yield* apiProcess.signal("SIGTERM")
  yield* apiProcess.exited
  return { job, heard, problem, view }
})

export const databaseName = server === undefined ? "pglite" : "postgres"

export const withDatabase = <A, E, R>(body: (settings: Record<string, string>) => Effect.Effect<A, E, R>) =>
  server === undefined ?
    body({}) :
    Effect.flatMap(
      SqlClient.SqlClient,
      (sql) =>
        Effect.flatMap(sql<{ readonly name: string }>`SELECT current_database() AS name`, ([row]) => {
          const url = new URL(Redacted.value(server))
          url.pathname = `/${row?.name}`
          return body({ DATABASE_URL: url.href })
        })
    ).pipe(Effect.provide(PostgresCopy(server)))
