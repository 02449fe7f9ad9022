/** What a collector receives of one document, from an API and a worker that run as they do in production. */
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Config, Duration, Effect, FileSystem, Layer, Option, Redacted, Schedule, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { createServer } from "node:net"
import { env, execPath } from "node:process"
import { fileURLToPath } from "node:url"
import { attributes as knownAttributes } from "../../otel/names/attributes.ts"
import { logFields } from "../../otel/names/logFields.ts"
import { entryFor } from "../../otel/names/spans.ts"
import * as MockLlamaParse from "../../src/mocks/llamaparse/MockLlamaParse.ts"
import * as MockOpenAI from "../../src/mocks/openai/MockOpenAI.ts"
import { type Program, startProcess } from "../faults/Process.ts"
import { serveApart } from "../pipeline/serveApart.ts"
import { pgliteTemplate } from "../support/databases/PgliteCopy.ts"
import { PostgresCopy } from "../support/databases/PostgresCopy.ts"
import { serveStub } from "../support/stubs/HttpStub.ts"
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from "../support/stubs/OtlpReceiver.ts"
import { DocumentParserMemory } from "../twins/DocumentParserMemory.ts"

const server = Effect.runSync(Effect.map(Config.option(Config.Redacted("DATABASE_URL")), Option.getOrUndefined))

const text = "# The tangerine\n\nA tangerine is peeled by hand, and this sentence must leave no trace."
const traceId = "0af7651916cd43dd8448eb211c80319c"
const callerSpan = "b7ad6b7169203331"

const freePort = Effect.callback<number>((resume) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const address = server.address()
    server.close(() => resume(Effect.succeed(typeof address === "object" ? address?.port ?? 0 : 0)))
  })
})

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
const processDocument = Effect.fnUntraced(function*(receiver: OtlpReceiver, database: Record<string, string>) {
  const fs = yield* FileSystem.FileSystem
  const dataDir = yield* fs.makeTempDirectoryScoped({ prefix: "accessa-trace-" })
  if (server === undefined) yield* fs.copy(yield* pgliteTemplate, `${dataDir}/data`)
  const openai = yield* serveApart(
    MockOpenAI.serve({ delay: Duration.zero, failureRate: 0, vectors: "lexical", scenario: refusedOnce })
  )
  const llamaparse = yield* serveApart(
    MockLlamaParse.serve({
      delay: Duration.millis(300),
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

/** A span with those below it, siblings by name and equal ones once. */
const treeOf = (spans: ReadonlyArray<ReceivedSpan>, parent = callerSpan, depth = 0): ReadonlyArray<string> => {
  const children = spans.filter(({ parentSpanId }) => parentSpanId === parent).map((span) =>
    [
      `${"  ".repeat(depth)}${span.service.replace("accessa-", "")}: ${nameOf(span)}`,
      ...treeOf(spans, span.spanId, depth + 1)
    ].join("\n")
  )
  return [...new Set(children)].filter((child) => !aPollInVain(child)).toSorted()
}
const nameOf = ({ attributes, name, status }: ReceivedSpan) =>
  name.replace(String(attributes["db.namespace"]), "db") + (status === 2 ? ` ✗ ${attributes["error.type"]}` : "")

/** How often the worker asks before the parser calls back depends on the machine. */
const aPollInVain = (child: string) =>
  /^ *worker: process upload_jobs\n/.test(child) && child.includes("GET") && !/POST|ObjectStorage/.test(child)

const tree = `
api: POST /api/v1/documents
  api: http.authenticate
    api: ApiKeys.authenticate
      api: UPDATE db
  api: intake.accept
    api: intake.receive
      api: ObjectStorage.put
    api: send upload_jobs
      api: Documents.accept
        api: sql.transaction
          api: INSERT db
          api: SELECT db
  api: process parse_callback
    api: Callbacks.record
      api: INSERT db
  worker: process upload_jobs
    worker: Database.moveJobs
      worker: UPDATE db
    worker: stage.parse
      worker: Database.moveJobs
        worker: UPDATE db
      worker: parse.collect
        worker: DocumentParser.result
          worker: GET
        worker: ObjectStorage.put
    worker: stage.text
      worker: text.chunk
        worker: Chunks.store
          worker: sql.transaction
            worker: Database.moveJobs
              worker: UPDATE db
            worker: UPDATE db
      worker: text.validate
        worker: Documents.sameText
          worker: SELECT db
    worker: stage.vectors ✗ EMBED_RATE_LIMITED
      worker: Database.moveJobs
        worker: UPDATE db
      worker: vectors.embed ✗ EMBED_RATE_LIMITED
        worker: EmbeddingBatches.embed ✗ EMBED_RATE_LIMITED
          worker: EmbeddingBatches.buy
            worker: Vectors.announce
              worker: INSERT db
            worker: Vectors.withdraw
              worker: UPDATE db
            worker: embeddings text-embedding-3-small ✗ EMBED_RATE_LIMITED
      worker: vectors.plan
        worker: UPDATE db
  worker: process upload_jobs
    worker: stage.parse
      worker: Database.moveJobs
        worker: UPDATE db
      worker: parse.collect
        worker: DocumentParser.result
          worker: GET
      worker: parse.submit
        worker: Database.moveJobs
          worker: UPDATE db
        worker: DocumentParser.submit
          worker: DocumentParser.listRecent
            worker: GET
          worker: POST
            worker: ObjectStorage.get
  worker: process upload_jobs
    worker: stage.vectors
      worker: UPDATE db
      worker: vectors.embed
        worker: EmbeddingBatches.embed
          worker: EmbeddingBatches.buy
            worker: Vectors.announce
              worker: INSERT db
            worker: Vectors.store
              worker: UPDATE db
            worker: embeddings text-embedding-3-small
        worker: Vectors.missing
          worker: SELECT db
  worker: process webhook_deliveries
    worker: DeliveryQueue.record
      worker: UPDATE db
    worker: Egress.post
      worker: Egress.resolve
      worker: POST
  worker: process webhook_deliveries ✗ 500
    worker: DeliveryQueue.record
      worker: UPDATE db
    worker: Egress.post
      worker: Egress.resolve
      worker: POST ✗ 500
`.trim()

const withDatabase = <A, E, R>(body: (settings: Record<string, string>) => Effect.Effect<A, E, R>) =>
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

it.live(
  `a document is one trace from its upload to its webhook, over both processes and every attempt, on ${
    server === undefined ? "pglite" : "postgres"
  }`,
  () =>
    Effect.gen(function*() {
      const receiver = yield* startOtlpReceiver
      const { heard, job, problem, view } = yield* withDatabase((database) => processDocument(receiver, database))
      const spans = receiver.spans.filter((span) => span.traceId === traceId)
      assert.strictEqual(treeOf(spans).join("\n"), tree)

      const about = { "correlation.id": job.correlation_id, "job.id": job.job_id, "document.id": job.document_id }
      const named = (name: string) => spans.filter((span) => span.name === name)
      for (
        const name of ["process upload_jobs", "stage.vectors", "process parse_callback", "process webhook_deliveries"]
      ) {
        for (const { attributes } of named(name)) assert.include(attributes, { ...about, "user.id": job.user_id }, name)
      }
      assert.deepStrictEqual(named("stage.vectors").map(({ attributes }) => attributes["attempt"]), [1, 2])
      assert.deepStrictEqual(named("process webhook_deliveries").map(({ attributes }) => attributes["attempt"]), [1, 2])
      const kinds = { "process upload_jobs": 5, "send upload_jobs": 4, "POST /api/v1/documents": 2 }
      for (const [name, kind] of Object.entries(kinds)) {
        for (const span of named(name)) assert.strictEqual(span.kind, kind)
      }
      const [refused, bought] = named("embeddings text-embedding-3-small")
      assert.include(refused?.attributes, {
        "error.type": "EMBED_RATE_LIMITED",
        "error.class": "transient",
        stage: "vectors"
      })
      assert.include(bought?.attributes, {
        "gen_ai.operation.name": "embeddings",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "text-embedding-3-small"
      })
      assert.isAbove(Number(bought?.attributes["gen_ai.usage.input_tokens"]), 0)
      // The request of the parser is in a trace of its own.
      const callback = receiver.spans.find(({ name }) => name === "POST /webhooks/llamaparse/:job_id")
      assert.notStrictEqual(callback?.traceId, traceId)
      assert.deepStrictEqual(
        named("process parse_callback")[0]?.links.map((link) => link.traceId),
        [callback?.traceId]
      )
      for (const header of heard) assert.match(header ?? "none", new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`))

      for (const span of receiver.spans) {
        assert.isDefined(entryFor(span.name), span.name)
        assert.notMatch(span.name, /claim|beat/i, "rounds that mostly find nothing are not traced")
        for (const name of Object.keys(span.attributes)) assert.property(knownAttributes, name, span.name)
      }
      const lines = receiver.logs.filter(({ attributes }) => attributes["job_id"] === job.job_id)
      assert.deepStrictEqual([...new Set(lines.map(({ service }) => service))], ["accessa-api", "accessa-worker"])
      for (const line of lines) {
        assert.strictEqual(line.attributes["correlation_id"], job.correlation_id, line.message)
        assert.strictEqual(line.traceId, traceId, line.message)
        for (const name of Object.keys(line.attributes)) assert.property(logFields, name, line.message)
      }
      assert.deepStrictEqual(
        lines.filter(({ attributes }) => attributes["to_status"] === "complete").map((
          { level, severity }
        ) => [level, severity]),
        [["INFO", 9]]
      )

      assert.strictEqual(view.trace_url, `http://jaeger.test/trace/${traceId}`)
      assert.match(problem, /"trace_url":"http:\/\/jaeger\.test\/trace\/[0-9a-f]{32}"/)
      assert.notMatch(JSON.stringify([receiver.spans, receiver.logs]), /tangerine|secret-path|whsec_|acc_/)
    }).pipe(Effect.provide(NodeServices.layer)),
  90_000
)
