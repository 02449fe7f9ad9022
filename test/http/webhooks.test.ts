import { assert, layer } from "@effect/vitest"
import { Arbitrary, Effect, Schema } from "effect"
import { createHmac, randomUUID } from "node:crypto"
import { RecoverableError } from "../../src/domain/StageError.ts"
import { anUpload } from "../support/jobInMemory.ts"
import { Pipeline, webhookSecret } from "../support/Pipeline.ts"
import { TestApi, testApi } from "../support/TestApi.ts"

const sign = (body: string | Uint8Array, secret = webhookSecret) =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`
const callback = (fields: Record<string, unknown> = {}) =>
  JSON.stringify({
    event_id: randomUUID(),
    event_type: "parse.success",
    timestamp: Date.now() / 1000,
    data: { id: "pjb-1", job_id: "pjb-1" },
    ...fields
  })

const post = Effect.fnUntraced(function*(
  job: string,
  body: string | Uint8Array<ArrayBuffer>,
  signature: string | undefined
) {
  const { request } = yield* TestApi
  const headers = {
    "content-type": "application/json",
    ...(signature === undefined ? {} : { "lc-signature": signature })
  }
  return yield* request(`/webhooks/llamaparse/${job}`, { method: "POST", headers, body })
})

const aJob = Effect.gen(function*() {
  const { accept, callbacks } = yield* Pipeline
  callbacks.length = 0
  return (yield* accept(anUpload())).job_id
})

layer(testApi(), { excludeTestServices: true })("a callback of the parser", (it) => {
  it.effect("that is signed with its job's secret is recorded once", () =>
    Effect.gen(function*() {
      const { callbacks } = yield* Pipeline
      const job = yield* aJob
      const body = callback({ event_id: "event-1" })
      const first = yield* post(job, body, sign(body))
      assert.deepStrictEqual([first.status, first.body["status"]], [200, "recorded"])
      const again = yield* post(job, body, sign(body))
      assert.deepStrictEqual([again.status, again.body["status"]], [200, "duplicate"])
      assert.strictEqual(callbacks.length, 1)
      assert.deepInclude(callbacks[0], {
        provider: "llamaparse",
        eventId: "event-1",
        eventType: "parse.success",
        jobId: job
      })
    }))

  it.effect("may come as JSON within a JSON string", () =>
    Effect.gen(function*() {
      const job = yield* aJob
      const body = JSON.stringify(callback())
      assert.strictEqual((yield* post(job, body, sign(body))).status, 200)
    }))

  it.effect("is refused without any effect if its signature is missing, malformed or another's", () =>
    Effect.gen(function*() {
      const { callbacks } = yield* Pipeline
      const job = yield* aJob
      const body = callback()
      const wrong = [
        undefined,
        "",
        "sha256=",
        `sha256=${"0".repeat(63)}`,
        `sha256=${"z".repeat(64)}`,
        `sha1=${sign(body).slice(7)}`,
        sign(body).slice(7),
        `${sign(body)}00`,
        sign(body, "another secret"),
        sign(`${body} `)
      ]
      for (const signature of wrong) {
        const answer = yield* post(job, body, signature)
        assert.strictEqual(answer.status, 401, String(signature))
        assert.strictEqual(answer.body["code"], "BAD_SIGNATURE")
      }
      assert.strictEqual(callbacks.length, 0)
    }))

  it.effect.prop("never changes anything by chance", {
    body: Schema.String,
    signature: Arbitrary.map(
      Arbitrary.array(Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))), {
        minLength: 32,
        maxLength: 32
      }),
      (bytes) => `sha256=${Buffer.from(bytes).toString("hex")}`
    )
  }, ({ body, signature }) =>
    Effect.gen(function*() {
      const { callbacks } = yield* Pipeline
      const job = yield* aJob
      assert.strictEqual((yield* post(job, body, signature)).status, 401)
      assert.strictEqual(callbacks.length, 0)
    }), { arbitrary: { runs: 50 } })

  it.effect.prop(
    "is never recorded if its signed body is no callback",
    { body: Schema.String },
    ({ body }) =>
      Effect.gen(function*() {
        const { callbacks } = yield* Pipeline
        const job = yield* aJob
        assert.strictEqual((yield* post(job, body, sign(body))).status, 400)
        assert.strictEqual(callbacks.length, 0)
      }),
    { arbitrary: { runs: 50 } }
  )

  it.effect("is refused a day after it was sent", () =>
    Effect.gen(function*() {
      const { callbacks } = yield* Pipeline
      const job = yield* aJob
      const old = callback({ timestamp: Date.now() / 1000 - 86_500 })
      assert.strictEqual((yield* post(job, old, sign(old))).status, 401)
      assert.strictEqual(callbacks.length, 0)
    }))

  it.effect("for a job that is not known has one answer, whatever the job's name is", () =>
    Effect.gen(function*() {
      const body = callback()
      const answers = yield* Effect.forEach([randomUUID(), "no-uuid", "%F0%9F%98%80"], (job) =>
        post(job, body, sign(body)))
      assert.deepStrictEqual(
        answers.map(({ status }) =>
          status
        ),
        [404, 404, 404]
      )
      const shapes = new Set(answers.map(({ body }) => JSON.stringify({ ...body, correlation_id: "" })))
      assert.strictEqual(shapes.size, 1)
    }))

  it.effect("of more than 64 KB is not read", () =>
    Effect.gen(function*() {
      const job = yield* aJob
      const body = callback({ padding: "x".repeat(70_000) })
      const answer = yield* post(job, body, sign(body))
      assert.strictEqual(answer.status, 413)
      assert.strictEqual(answer.body["code"], "BODY_TOO_LARGE")
    }))

  it.effect("is asked for again while the database is out", () =>
    Effect.gen(function*() {
      const pipeline = yield* Pipeline
      const job = yield* aJob
      const body = callback()
      pipeline.failure = new RecoverableError({ code: "DATABASE_UNAVAILABLE", message: "The database is gone." })
      const answer = yield* post(job, body, sign(body))
      pipeline.failure = undefined
      assert.strictEqual(answer.status, 503)
      assert.strictEqual(answer.headers.get("retry-after"), "30")
    }))
})
