/**
 * What the pipeline guarantees, with any parser, embedder and storage. Judged by the tables and the receipt, never by a
 * log.
 */
import { assert, layer as suite } from "@effect/vitest"
import { Effect, Layer, Option, References } from "effect"
import { SqlClient } from "effect/sql"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { sha256 } from "../../src/domain/hash.ts"
import { asOwner } from "../support/databases/asOwner.ts"
import type { TestDatabase } from "../support/databases/Databases.ts"
import { historyOf } from "../support/databases/records.ts"
import { secondsUntil, stores, upload } from "../support/databases/stores.ts"
import { embeddingModel } from "../support/harness/TestApi.ts"
import { hurry, rowsOf, storedDimensions, waitUntil } from "./observe.ts"
import { assertComplete, assertFailed, boughtSince, line, receiptOf, retry } from "./outcomes.ts"
import { textOf } from "./textOf.ts"
import { vendorFaults } from "./vendorFaults.ts"
import { Vendors } from "./Vendors.ts"
import type { vendorsInMemory } from "./vendorsInMemory.ts"
import { callbacksOverHttp } from "./vendorsOverHttp.ts"
import { workerHere } from "./worker.ts"

export const pipelineSpecification = <E>(
  name: string,
  database: Layer.Layer<TestDatabase, unknown>,
  vendors: Layer.Layer<Layer.Success<typeof vendorsInMemory>, E>,
  options: {
    readonly callsBack: boolean
    /** Real vendors do not fail on request: what needs that is skipped. */
    readonly real?: boolean
  }
) => {
  const parts = vendors.pipe(Layer.provideMerge(stores), Layer.provideMerge(database))
  const all = workerHere.pipe(
    Layer.provideMerge(options.callsBack ? Layer.provideMerge(callbacksOverHttp, parts) : parts),
    Layer.provide(Layer.succeed(References.MinimumLogLevel, "None"))
  )
  suite(all, { excludeTestServices: true, timeout: options.real === true ? "10 minutes" : "2 minutes" })(
    `the pipeline ${name}`,
    (it) => {
      const onFaults = options.real === true ? it.effect.skip : it.effect
      it.effect("takes a document to complete, with a valid receipt", () =>
        Effect.gen(function*() {
          const vendors = yield* Vendors
          yield* vendors.failNext({})
          const job = yield* assertComplete(yield* upload(textOf("avocados")))
          assert.deepStrictEqual(yield* historyOf(job.jobId), line)
          const receipt = yield* receiptOf(job)
          assert.include(receipt, {
            embedModel: embeddingModel.model,
            embedVersion: embeddingModel.version,
            dimensions: yield* storedDimensions(job),
            parsedSha256: job.parsedSha256 ?? "none"
          })
          assert.isAbove(receipt.tokensPaid, 0)
          assert.strictEqual(job.embeddingPlan?.chunks, receipt.chunksExpected)
          assert.isNotNull(job.processingCompletedAt)
        }))

      it.effect("computes equal receipts for equal content", () =>
        Effect.gen(function*() {
          const [one, other] = yield* Effect.all([
            upload(textOf("bananas")),
            upload(textOf("bananas"), { force: true })
          ])
          const receipts = yield* Effect.forEach([one, other], (job) => Effect.flatMap(assertComplete(job), receiptOf))
          assert.strictEqual(receipts[0]?.contentSha256, receipts[1]?.contentSha256)
        }))

      it.effect("buys equal chunks once, and nothing for a document whose text it has", () =>
        Effect.gen(function*() {
          const parts = textOf("cherries", 4)
          const first = yield* boughtSince(Effect.flatMap(upload(`${parts}\n\n${parts}\n\n${parts}`), assertComplete))
          const { chunks, texts } = yield* rowsOf(first.result)
          assert.isBelow(texts, chunks, "the document has no equal chunks")
          assert.strictEqual(first.vectors, texts)
          assert.strictEqual(first.tokens, first.result.tokensPaid)

          const second = yield* boughtSince(
            Effect.flatMap(upload(`${parts}\n\n${parts}\n\n${parts}`, { force: true }), assertComplete)
          )
          assert.deepStrictEqual([second.calls, second.vectors, second.tokens], [0, 0, 0])
          assert.strictEqual(second.result.tokensPaid, 0)
          assert.strictEqual(second.result.embeddingPlan?.reused, chunks)
          assert.strictEqual(second.result.parseReport?.duplicateOf, first.result.documentId)
        }))

      it.effect("fails a document without text in the parse phase, says why, and keeps the file", () =>
        Effect.gen(function*() {
          const storage = yield* ObjectStorage
          const job = yield* assertFailed(yield* upload(" \n\n \n"), "failed_parse", "NO_TEXT")
          assert.isTrue(Option.isSome(yield* storage.stat(job.rawPath)))
          assert.strictEqual(job.lastError?.kept, "The uploaded file.")
          assert.deepStrictEqual(yield* rowsOf(job), { chunks: 0, texts: 0, vectors: 0 })
        }))

      it.effect("fails a document whose file is missing or was replaced, and buys nothing", () =>
        Effect.gen(function*() {
          const vendors = yield* Vendors
          yield* vendors.failNext({})
          const { vectors } = yield* boughtSince(Effect.gen(function*() {
            const missing = yield* upload(textOf("figs"), { rawPath: "raw/nowhere.md" })
            const replaced = yield* upload(textOf("figs"), { sha256: sha256("another file") })
            yield* assertFailed(missing, "failed_parse", "RAW_MISSING")
            yield* assertFailed(replaced, "failed_parse", "RAW_CORRUPT")
          }))
          assert.strictEqual(vectors, 0)
        }))

      onFaults(
        "parks a document whose submission is answered 503, without counting an attempt",
        () =>
          Effect.gen(function*() {
            const vendors = yield* Vendors
            yield* vendors.failNext({ submits: 1 })
            const job = yield* upload(textOf("dates"))
            const parked = yield* waitUntil(
              job,
              "parked",
              ({ lastError, runAt }) => lastError !== null && runAt !== null
            )
            assert.deepInclude(parked, { status: "uploaded", retryCount: 0 })
            assert.strictEqual(parked.lastError?.code, "PARSER_UNAVAILABLE")
            const wait = yield* secondsUntil(parked.runAt)
            assert.isTrue(wait > 1 && wait < 5, `it waits ${wait} s`)
            yield* hurry(job)
            const complete = yield* assertComplete(job)
            assert.strictEqual(complete.retryCount, 0)
            assert.lengthOf((yield* historyOf(job.jobId)).filter((event) => event === "parked at uploaded"), 1)
          })
      )

      for (const [title, body] of Object.entries(vendorFaults)) onFaults(title, () => body)

      it.effect("does not complete a document if a vector is missing", () =>
        Effect.gen(function*() {
          const vendors = yield* Vendors
          const sql = yield* SqlClient.SqlClient
          yield* vendors.failNext({})
          // A database that silently loses a row.
          yield* asOwner(sql`CREATE FUNCTION lose_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF (SELECT chunk_ord = 1 AND text LIKE '%kumquats%' FROM document_chunk_buffer c WHERE c.chunk_id = NEW.chunk_id)
          THEN RETURN NULL; END IF; RETURN NEW; END $$`)
          yield* asOwner(
            sql`CREATE TRIGGER lose_one BEFORE INSERT ON document_vector_buffer FOR EACH ROW EXECUTE FUNCTION lose_one()`
          )
          const failed = yield* upload(textOf("kumquats")).pipe(
            Effect.flatMap((job) => assertFailed(job, "failed_embedding", "RECEIPT_MISMATCH")),
            Effect.ensuring(Effect.orDie(asOwner(sql`DROP FUNCTION lose_one() CASCADE`)))
          )
          assert.deepStrictEqual((yield* receiptOf(failed)).failedChecks, ["vectors_match_chunks"])
          const { vectors } = yield* boughtSince(
            Effect.andThen(
              retry(failed),
              Effect.suspend(() => waitUntil(failed, "complete", (job) => job.status === "complete"))
            )
          )
          assert.strictEqual(vectors, 1)
          assert.deepStrictEqual((yield* receiptOf(failed)).failedChecks, [])
        }))

      onFaults(
        "completes thirty documents at once, in requests that are filled across them",
        () =>
          Effect.gen(function*() {
            const vendors = yield* Vendors
            // The first requests are under way long enough for the other documents to arrive.
            yield* vendors.failNext({ embeddings: [{ word: "lemons", times: 4, as: "slow" }] })
            const words = Array.from({ length: 30 }, (_, n) => `lemons${n}x`)
            const { calls, tokens } = yield* boughtSince(
              Effect.forEach(words, (word) => upload(textOf(word, 2)), { concurrency: "unbounded" }).pipe(
                Effect.flatMap((jobs) => Effect.forEach(jobs, assertComplete)),
                Effect.tap((jobs) =>
                  Effect.sync(() => {
                    const paid = jobs.reduce((sum, job) => sum + job.tokensPaid, 0)
                    const distinct = new Set(jobs.map((job) => job.parsedSha256))
                    assert.strictEqual(distinct.size, 30)
                    assert.isAbove(paid, 0)
                  })
                )
              )
            )
            assert.isAbove(tokens, 0)
            assert.isBelow(calls, words.length)
          })
      )

      if (options.callsBack) {
        it.effect("receives the parser's callback, and counts it once if it arrives three times", () =>
          Effect.gen(function*() {
            const vendors = yield* Vendors
            const sql = yield* SqlClient.SqlClient
            yield* vendors.failNext({ callbacks: "repeated" })
            const job = yield* assertComplete(yield* upload(textOf("mangos")))
            assert.deepStrictEqual(yield* historyOf(job.jobId), line)
            const received = yield* sql`SELECT event_type FROM webhook_receipts WHERE job_id = ${job.jobId}`
            assert.deepStrictEqual(received, [{ event_type: "parse.success" }])
          }))
      }

      it.effect("finds a parse whose callback is lost by polling", () =>
        Effect.gen(function*() {
          const vendors = yield* Vendors
          const sql = yield* SqlClient.SqlClient
          yield* vendors.failNext({ callbacks: "lost" })
          const job = yield* upload(textOf("nectarines"))
          yield* waitUntil(job, "waiting", ({ runAt, status }) => status === "parse_queued" && runAt !== null)
          yield* assertComplete(job)
          assert.deepStrictEqual(yield* sql`SELECT FROM webhook_receipts WHERE job_id = ${job.jobId}`, [])
          assert.deepStrictEqual(yield* historyOf(job.jobId), line)
        }))

      it.effect("leaves no lease behind", () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          assert.deepStrictEqual(yield* sql`SELECT FROM upload_jobs WHERE lease_until IS NOT NULL`, [])
        }))
    }
  )
}
