/** From the end of a job to its user's receiver: the worker's loop, real tables, real sockets. */
import { assert, layer as suite } from "@effect/vitest"
import { Effect, Layer, Option, Redacted, References, Schema } from "effect"
import { Webhook } from "standardwebhooks"
import { Webhooks } from "../../services/Webhooks.ts"
import { localUserId } from "../../src/domain/Ids.ts"
import { Deliveries } from "../../src/worker/Deliveries.ts"
import { Sweeper } from "../../src/worker/Sweeper.ts"
import { databases } from "../support/databases/Databases.ts"
import { someone, stores, upload } from "../support/databases/stores.ts"
import { deliveryRows, makeDue, noWebhooks, subscribe } from "../support/databases/webhooks.ts"
import { serveStub, type StubRequest } from "../support/stubs/HttpStub.ts"
import { ended, waitForRow } from "./observe.ts"
import { Vendors } from "./Vendors.ts"
import { vendorsInMemory } from "./vendorsInMemory.ts"
import { egress } from "./vendorsOverHttp.ts"
import { workerHere } from "./worker.ts"

const decode = Schema.decodeUnknownEffect(Schema.Struct({
  type: Schema.String,
  data: Schema.Struct({
    job_id: Schema.String,
    status: Schema.String,
    error_code: Schema.NullOr(Schema.String),
    receipt: Schema.NullOr(Schema.Struct({ chunks: Schema.Int, vectors: Schema.Int }))
  })
}))

/** A receiver that gives these answers, and then repeats the last one. */
const receiver = Effect.fnUntraced(function*(...answers: ReadonlyArray<number>) {
  const got: Array<StubRequest> = []
  const url = yield* serveStub((request) => {
    got.push(request)
    return { status: answers[Math.min(got.length, answers.length) - 1] ?? 200 }
  })
  const { secret, subscription } = yield* subscribe(localUserId, url.href)
  return { got, secret, id: subscription.subscriptionId }
})

/** Verified by a receiver's library with this secret. */
const verifies = (secret: Redacted.Redacted, request: StubRequest | undefined) =>
  Effect.sync(() => {
    const headers = Object.entries(request?.headers ?? {}).map(([name, value]) => [name, String(value)])
    return new Webhook(Redacted.value(secret)).verify(request?.body ?? "", Object.fromEntries(headers))
  })
const verified = (secret: Redacted.Redacted, request: StubRequest | undefined) =>
  Effect.flatMap(verifies(secret, request), decode)

const waitFor = (wanted: string) =>
  waitForRow(`${wanted} delivery`, Effect.map(deliveryRows, (rows) => rows.some(({ status }) => status === wanted)))

for (const { layer, name } of databases) {
  const all = Layer.merge(workerHere, Layer.provide(Deliveries, [egress, Sweeper.layer])).pipe(
    Layer.provideMerge(vendorsInMemory),
    Layer.provideMerge(stores),
    Layer.provideMerge(layer),
    Layer.provide(Layer.succeed(References.MinimumLogLevel, "None"))
  )
  suite(all, { excludeTestServices: true, timeout: "2 minutes" })(`webhooks on ${name}`, (it) => {
    it.effect("report a complete job once, signed, with its figures", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        const { got, secret } = yield* receiver(204)
        const job = yield* ended(yield* upload("# Rates\n\nA text about rates that is unique to this test."))
        yield* waitFor("delivered")
        assert.lengthOf(got, 1)
        const { data, type } = yield* verified(secret, got[0])
        assert.deepStrictEqual([type, data.job_id, data.status], ["job.complete", job.jobId, "complete"])
        assert.deepStrictEqual(data.receipt, { chunks: job.progress.chunksTotal, vectors: job.progress.embedsDone })
        assert.notInclude(got[0]?.body.toString() ?? "", "unique to this test")
      }))

    it.effect("are retried with the same id after a failure, and signed with the new secret after a rotation", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        const { got, id, secret } = yield* receiver(500, 200)
        yield* (yield* Webhooks).test(localUserId, id, someone)
        yield* waitForRow("failure", Effect.map(deliveryRows, ([row]) => row?.last_status === 500))
        const rotated = Option.getOrThrow(yield* (yield* Webhooks).rotate(localUserId, id, someone))
        yield* makeDue
        yield* waitFor("delivered")
        const ids = got.map(({ headers }) => headers["webhook-id"])
        assert.deepStrictEqual(ids, [ids[0], ids[0]])
        yield* verifies(secret, got[1])
        yield* verifies(rotated.secret, got[1])
      }))

    it.effect("report a failed job with its code, and stop after the receiver's 410", () =>
      Effect.gen(function*() {
        yield* noWebhooks
        yield* (yield* Vendors).failNext({ embeddings: [{ word: "papayas", times: 9, as: "refused" }] })
        const { got, id, secret } = yield* receiver(410)
        const job = yield* ended(yield* upload("A text about papayas."))
        yield* waitFor("dead")
        assert.deepInclude((yield* verified(secret, got[0])).data, {
          job_id: job.jobId,
          status: "failed_embedding",
          error_code: "EMBED_REJECTED",
          receipt: null
        })
        assert.isFalse(Option.getOrThrow(yield* (yield* Webhooks).find(localUserId, id)).active)
      }))
  })
}
