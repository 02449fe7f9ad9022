/** What a collector receives of one document, from an API and a worker that run as they do in production. */
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { attributes as knownAttributes } from "../../otel/names/attributes.ts"
import { logFields } from "../../otel/names/logFields.ts"
import { entryFor } from "../../otel/names/spans.ts"
import { type ReceivedSpan, startOtlpReceiver } from "../support/stubs/OtlpReceiver.ts"
import { callerSpan, databaseName, processDocument, traceId, withDatabase } from "./processDocument.ts"

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

/** Not `worker.sweepObjects`: a bucket is swept once in hours. */
const round =
  /claim|beat|rescue|tidyTurns|take(Abandoned|Due|Turn)$|^Erasures\.take$|^worker\.(cancel|erase|sweepUploads)/

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
        worker: parse.readAgain
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
        worker: text.cover
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

it.live(
  `a document is one trace from its upload to its webhook, over both processes and every attempt, on ${databaseName}`,
  () =>
    Effect.gen(function*() {
      const receiver = yield* startOtlpReceiver
      const { address, heard, job, problem, view } = yield* withDatabase((database) =>
        Effect.map(processDocument(receiver, database), (seen) => ({ ...seen, address: database["DATABASE_URL"] }))
      )
      const spans = receiver.spans.filter((span) => span.traceId === traceId)
      assert.strictEqual(treeOf(spans).join("\n"), tree)

      const about = { "correlation.id": job.correlation_id, "job.id": job.job_id, "document.id": job.document_id }
      for (const { attributes, name } of spans) {
        assert.include(attributes, { "correlation.id": job.correlation_id }, name)
      }
      const instances = new Set(spans.map(({ instance, service }) => `${service} ${String(instance)}`))
      assert.strictEqual(instances.size, 2)
      for (const each of instances) assert.match(each, /^accessa-(api|worker) [0-9a-f-]{36}$/)
      if (address !== undefined) {
        const { hostname, port } = new URL(address)
        const place = { "server.address": hostname, "server.port": Number(port) }
        for (const { attributes, name } of spans.filter((span) => "db.system.name" in span.attributes)) {
          assert.include(attributes, place, name)
        }
      }
      const named = (name: string) => spans.filter((span) => span.name === name)
      for (
        const name of ["process upload_jobs", "stage.vectors", "process parse_callback", "process webhook_deliveries"]
      ) {
        for (const { attributes } of named(name)) assert.include(attributes, { ...about, "user.id": job.user_id }, name)
      }
      // A rate limit counts no attempt.
      assert.deepStrictEqual(named("stage.vectors").map(({ attributes }) => attributes["attempt"]), [1, 1])
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
        assert.notMatch(span.name, round, "rounds that mostly find nothing are not traced")
        for (const name of Object.keys(span.attributes)) assert.property(knownAttributes, name, span.name)
      }
      const lines = receiver.logs.filter(({ attributes }) => attributes["job_id"] === job.job_id)
      // In no order: each process sends its own batches.
      assert.sameMembers([...new Set(lines.map(({ service }) => service))], ["accessa-api", "accessa-worker"])
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
  180_000
)
