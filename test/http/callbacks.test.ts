import { assert, layer } from "@effect/vitest"
import { Arbitrary, Effect, Schema } from "effect"
import { randomBytes, randomUUID } from "node:crypto"
import { request as httpRequest } from "node:http"
import { RecoverableError } from "../../src/domain/ServiceError.ts"
import { keyOf } from "../support/harness/Credentials.ts"
import { oldCallbackSecret, TestApi, testApi } from "../support/harness/TestApi.ts"
import { Pipeline } from "../twins/Pipeline.ts"
import { addressOf, aJob, callback, post, postTo, sign } from "./parserCallback.ts"

layer(testApi(), { excludeTestServices: true })("a callback of the parser", (it) => {
  it.effect("a callback of the parser that is signed with its job's secret is recorded once", () =>
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

  it.effect("may be JSON inside a JSON string", () =>
    Effect.gen(function*() {
      const job = yield* aJob
      const body = JSON.stringify(callback())
      assert.strictEqual((yield* post(job, body, sign(body))).status, 200)
    }))

  it.effect(
    "a callback of the parser is refused without any effect if its signature is missing, malformed or "
      + "from another secret",
    () =>
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
      })
  )

  it.effect.prop("never changes anything with random content", {
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
    "a callback of the parser is never recorded if its signed body is not a callback",
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

  it.effect("a callback of the parser is refused a day after it was sent", () =>
    Effect.gen(function*() {
      const { callbacks } = yield* Pipeline
      const job = yield* aJob
      const old = callback({ timestamp: Date.now() / 1000 - 86_500 })
      assert.strictEqual((yield* post(job, old, sign(old))).status, 401)
      assert.strictEqual(callbacks.length, 0)
    }))

  it.effect(
    "a callback of the parser is refused before its job is looked up if its address was not signed by "
      + "us for that job",
    () =>
      Effect.gen(function*() {
        const { callbacks } = yield* Pipeline
        const job = yield* aJob
        const body = callback()
        const right = addressOf(job)
        const token = right.split("sig=")[1] ?? ""
        const wrong = [
          right.split("?")[0] ?? "",
          `/webhooks/llamaparse/${job}?sig=`,
          `/webhooks/llamaparse/${job}?sig=${randomBytes(32).toString("base64url")}`,
          `/webhooks/llamaparse/${job}?sig=${token.slice(1)}`,
          `/webhooks/llamaparse/${job}?sig=${token}AAAA`,
          `/webhooks/llamaparse/${randomUUID()}?sig=${token}`,
          `/webhooks/llamaparse/${job.toUpperCase().replace(/[0-9]/, "x")}?sig=${token}`,
          `/webhooks/llamaparse/%F0%9F%98%80?sig=${token}`,
          addressOf(job, "a secret that is no longer one of ours")
        ]
        const answers = yield* Effect.forEach(wrong, (address) => postTo(address, body, sign(body)))
        assert.deepStrictEqual(answers.map(({ status }) => status), wrong.map(() => 401))
        const shapes = new Set(answers.map((answer) => JSON.stringify({ ...answer.body, correlation_id: "" })))
        assert.strictEqual(shapes.size, 1, "the answers reveal which jobs exist")
        assert.strictEqual(callbacks.length, 0)
      })
  )

  it.effect("a callback of the parser is accepted at an address signed before the secret was rotated", () =>
    Effect.gen(function*() {
      const job = yield* aJob
      const body = callback()
      assert.strictEqual((yield* postTo(addressOf(job, oldCallbackSecret), body, sign(body))).status, 200)
    }))

  it.effect("a callback of the parser for a deleted job is 404, however it is signed", () =>
    Effect.gen(function*() {
      const body = callback()
      for (const signature of [sign(body), sign(body, ""), sign(body, "another secret")]) {
        const answer = yield* post(randomUUID(), body, signature)
        assert.deepStrictEqual([answer.status, answer.body["code"]], [404, "JOB_NOT_FOUND"])
      }
    }))

  it.effect("a callback of the parser that is not JSON is refused by its content type", () =>
    Effect.gen(function*() {
      const { callbacks } = yield* Pipeline
      const job = yield* aJob
      const body = callback()
      for (const type of ["text/plain", "application/jsonp", "multipart/form-data; boundary=x", "application/xml"]) {
        const answer = yield* postTo(addressOf(job), body, sign(body), type)
        assert.deepStrictEqual([answer.status, answer.body["code"]], [415, "UNSUPPORTED_TYPE"], type)
      }
      assert.strictEqual(callbacks.length, 0)
      assert.strictEqual(
        (yield* postTo(addressOf(job), body, sign(body), "Application/JSON; charset=utf-8")).status,
        200
      )
    }))

  it.effect("a callback of the parser that never ends is cut off at its limit", () =>
    Effect.gen(function*() {
      const job = yield* aJob
      const { url } = yield* TestApi
      const address = new URL(addressOf(job), url)
      const sent = yield* Effect.callback<number>((resume) => {
        let bytes = 0
        const call = httpRequest(address, {
          method: "POST",
          headers: { "content-type": "application/json", "lc-signature": `sha256=${"0".repeat(64)}` }
        })
        const more = () => {
          while (!call.destroyed && bytes < 100_000_000) {
            bytes += 10_000
            if (!call.write("x".repeat(10_000))) return void call.once("drain", more)
          }
        }
        call.on("error", () => resume(Effect.succeed(bytes)))
        call.on("response", (response) => {
          assert.strictEqual(response.statusCode, 413)
          call.destroy()
          resume(Effect.succeed(bytes))
        })
        more()
      })
      assert.isBelow(sent, 50_000_000)
    }))

  it.effect("a callback of the parser of more than 64 KB is not read", () =>
    Effect.gen(function*() {
      const job = yield* aJob
      const body = callback({ padding: "x".repeat(70_000) })
      const answer = yield* post(job, body, sign(body))
      assert.strictEqual(answer.status, 413)
      assert.strictEqual(answer.body["code"], "BODY_TOO_LARGE")
    }))

  it.effect("a callback of the parser gets a 503 while the database is unavailable", () =>
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

layer(testApi(), { excludeTestServices: true })("callbacks of deleted jobs", (it) => {
  it.effect("raise no alert, however many documents were deleted at once", () =>
    Effect.gen(function*() {
      const { request } = yield* TestApi
      const body = callback()
      for (let number = 0; number < 25; number++) {
        assert.strictEqual((yield* post(randomUUID(), body, sign(body))).status, 404)
      }
      const headers = { authorization: `Bearer ${keyOf("operator")}` }
      const { body: answer } = yield* request("/api/v1/alerts", { headers })
      assert.deepStrictEqual(answer["alerts"], [])
    }))
})
