import { assert, it, layer } from "@effect/vitest"
import { Effect, Layer, References } from "effect"
import { SqlClient } from "effect/sql"
import { assertComplete } from "../pipeline/outcomes.ts"
import { pipelineSpecification } from "../pipeline/pipeline.ts"
import { vendorsInMemory } from "../pipeline/vendorsInMemory.ts"
import { vendorsOverHttp } from "../pipeline/vendorsOverHttp.ts"
import { workerHere } from "../pipeline/worker.ts"
import { stores, upload } from "../support/databases/stores.ts"
import { SupabaseLike } from "../support/databases/SupabaseLike.ts"
import { startPgbouncer } from "./Pgbouncer.ts"
import { missing, places } from "./where.ts"

const documents = 500

for (const reason of missing) {
  // oxlint-disable-next-line vitest/no-disabled-tests -- nothing runs here, the name is the message
  it.skip(`the pipeline through pgbouncer: ${reason}`, () => {})
}

for (const { program, url } of places) {
  const database = Layer.unwrap(
    Effect.map(startPgbouncer(program, url, { mode: "session" }), (through) => SupabaseLike(url, through))
  )
  const place = "through pgbouncer, on a database like a Supabase project's"
  pipelineSpecification(`in memory, ${place}`, database, vendorsInMemory, { callsBack: false })
  pipelineSpecification(`over HTTP, ${place}`, database, vendorsOverHttp, { callsBack: true })

  const all = workerHere.pipe(
    Layer.provideMerge(vendorsInMemory),
    Layer.provideMerge(stores),
    Layer.provideMerge(database),
    Layer.provide(Layer.succeed(References.MinimumLogLevel, "None"))
  )
  layer(all, { excludeTestServices: true, timeout: "2 minutes" })("a storm", (it) => {
    it.effect(`of ${documents} documents at once completes, ${place}`, () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const jobs = yield* Effect.forEach(
          Array.from({ length: documents }, (_, n) => n),
          (n) => upload(`# Document ${n}\n\nIts only paragraph has the number ${n} in it.`),
          { concurrency: 50 }
        )
        for (const job of jobs) yield* assertComplete(job)
        assert.deepStrictEqual(
          yield* sql`SELECT count(*)::int AS complete, count(DISTINCT v.chunk_id)::int AS vectors
            FROM upload_jobs JOIN document_vector_buffer v USING (user_id, document_id) WHERE status = 'complete'`,
          [{ complete: documents, vectors: documents }]
        )
      }))
  })
}
