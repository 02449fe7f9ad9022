import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Stream } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { randomUUID } from "node:crypto"
import { Api } from "../../src/api/Api.ts"
import { JobId } from "../../src/domain/Ids.ts"
import { keyOf } from "../support/harness/Credentials.ts"
import { formOf, TestApi, testApi } from "../support/harness/TestApi.ts"
import { Pipeline } from "../twins/Pipeline.ts"

describe("a client made from the contract", () => {
  it.live("a client made from the contract needs no knowledge of the wire format", () =>
    Effect.gen(function*() {
      const { url } = yield* TestApi
      const { move } = yield* Pipeline
      const { documents, health, jobs, search } = yield* HttpApiClient.make(Api, {
        baseUrl: url,
        transformClient: HttpClient.mapRequest(HttpClientRequest.bearerToken(keyOf("user")))
      })
      assert.strictEqual((yield* health.ready()).status, "ready")
      const job = yield* documents.upload({ payload: formOf("policy.md", "# Policy") })
      assert.isFalse(job.duplicate)
      assert.isTrue(DateTime.isDateTime(job.createdAt))
      assert.isTrue((yield* documents.upload({ payload: formOf("policy.md", "# Policy") })).duplicate)
      const { jobId } = job
      yield* move(jobId, "parse_queued")
      const page = yield* jobs.list({ query: { status: ["parse_queued", "complete"], limit: 5 } })
      assert.deepStrictEqual(page.jobs.map((each) => each.jobId), [jobId])
      assert.strictEqual((yield* jobs.explain({ params: { job_id: jobId } })).waitingFor, "parser")
      yield* move(jobId, "complete")
      const events = yield* jobs.events({ params: { job_id: jobId }, headers: {} }).pipe(
        Effect.flatMap(Stream.runCollect)
      )
      assert.deepStrictEqual(events.map(({ data }) => data.toStatus), ["uploaded", "parse_queued", "complete"])
      assert.deepStrictEqual((yield* search.search({ payload: { query: "water" } })).hits, [])
      const refusal = yield* Effect.flip(jobs.cancel({ params: { job_id: jobId } }))
      assert.strictEqual(refusal._tag, "Conflict")
      const unknown = yield* Effect.flip(jobs.get({ params: { job_id: JobId.make(randomUUID()) }, query: {} }))
      assert.strictEqual(unknown._tag, "NotFound")
      yield* documents.remove({ params: { document_id: job.documentId } })
    }).pipe(Effect.provide([testApi(), FetchHttpClient.layer])))
})
