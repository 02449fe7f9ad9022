import { assert, describe, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { type StubAnswer, type StubBehaviour, type StubRequest } from "../../support/stubs/HttpStub.ts"
import {
  base64,
  embedAgainst,
  failureOf,
  key,
  list,
  messageOf,
  model,
  ok,
  secretText,
  vendor
} from "./vendorAnswers.ts"

describe("EmbedderOpenAI", () => {
  it.effect("EmbedderOpenAI asks for base64 with our key, once, and decodes it", () =>
    Effect.gen(function*() {
      const seen: Array<StubRequest> = []
      const embedded = yield* embedAgainst((request) => {
        seen.push(request)
        return ok(list(base64(1, -0.5, 0.25, 1e-7), base64(0, 0, 0, 1)))
      }, ["one", "two"])
      assert.deepStrictEqual(embedded.vectors, [
        new Float32Array([1, -0.5, 0.25, 1e-7]),
        new Float32Array([0, 0, 0, 1])
      ])
      assert.deepStrictEqual([embedded.tokens, embedded.requestId], [7, "req_1"])
      assert.deepStrictEqual(
        seen.map(({ body, headers, method, url }) => ({
          call: `${method} ${url.pathname}`,
          authorization: headers.authorization,
          body: JSON.parse(body.toString())
        })),
        [{
          call: "POST /v1/embeddings",
          authorization: `Bearer ${key}`,
          body: { model: model.model, input: ["one", "two"], encoding_format: "base64" }
        }]
      )
    }))

  it.effect("EmbedderOpenAI assigns vectors that arrive out of order to their texts", () =>
    Effect.gen(function*() {
      const { vectors } = yield* embedAgainst(() => {
        const body = list(base64(1, 0, 0, 0), base64(0, 1, 0, 0), base64(0, 0, 1, 0))
        return ok({ ...body, data: body.data.toReversed() })
      }, ["a", "b", "c"])
      assert.deepStrictEqual(vectors.map((vector) => vector.indexOf(1)), [0, 1, 2])
    }))

  it.effect.each<[string, StubAnswer, string, string]>([
    ["too few vectors", ok(list()), "TransientError", "EMBED_INVALID_RESPONSE"],
    ["too many vectors", ok(list(base64(1, 0, 0, 0), base64(1, 0, 0, 0))), "TransientError", "EMBED_INVALID_RESPONSE"],
    [
      "a wrong index",
      ok({ ...list(), data: [{ index: 1, embedding: base64(1, 0, 0, 0) }] }),
      "TransientError",
      "EMBED_INVALID_RESPONSE"
    ],
    ["a vector of zeros", ok(list(base64(0, 0, 0, 0))), "TransientError", "EMBED_INVALID_RESPONSE"],
    ["a vector with NaN", ok(list(base64(1, Number.NaN, 0, 0))), "TransientError", "EMBED_INVALID_RESPONSE"],
    ["a vector with an infinity", ok(list(base64(1, Infinity, 0, 0))), "TransientError", "EMBED_INVALID_RESPONSE"],
    ["a cut vector", ok(list(base64(1, 0, 0, 0).slice(0, 18))), "TransientError", "EMBED_INVALID_RESPONSE"],
    ["something that is not base64", ok(list("§§§§§§§§§§§§§§§§§§§§§§==")), "TransientError", "EMBED_INVALID_RESPONSE"],
    ["numbers instead of base64", ok(list([1, 0, 0, 0])), "TransientError", "EMBED_INVALID_RESPONSE"],
    ["another shape", ok({ data: "none" }), "TransientError", "EMBED_INVALID_RESPONSE"],
    ["a page instead of JSON", ok("<html>hello</html>"), "TransientError", "EMBED_INVALID_RESPONSE"],
    [
      "half a JSON",
      { ...ok("{\"data\": ["), headers: { "content-type": "application/json" } },
      "TransientError",
      "EMBED_INVALID_RESPONSE"
    ],
    ["vectors of other dimensions", ok(list(base64(1, 0, 0))), "PermanentError", "EMBED_DIM_MISMATCH"]
  ])("refuses %s", ([, answer, tag, code]) =>
    Effect.gen(function*() {
      const error = yield* failureOf(answer)
      assert.deepStrictEqual([error._tag, error.code, error.dependency], [tag, code, "embedder"])
      assert.match(error.message, /\.$/, "advice may follow it")
    }))

  it.effect.each<[string, StubBehaviour, string, string]>([
    [
      "400, input too long",
      vendor(400, null, "Invalid 'input[0]': maximum input length is 8192 tokens."),
      "PermanentError",
      "EMBED_INPUT_TOO_LONG"
    ],
    [
      "400, input too long, older words",
      vendor(400, null, "This model's maximum context length is 8192 tokens."),
      "PermanentError",
      "EMBED_INPUT_TOO_LONG"
    ],
    [
      "400, batch too long",
      vendor(400, "max_tokens_per_request", "Requested 1 tokens"),
      "PermanentError",
      "EMBED_REJECTED"
    ],
    ["400, anything else", vendor(400, null, "'$.input' is invalid."), "PermanentError", "EMBED_REJECTED"],
    ["401", vendor(401, "invalid_api_key", `Incorrect API key provided: ${key}.`), "RecoverableError", "EMBED_AUTH"],
    ["403, country", vendor(403, "unsupported_country_region_territory", "No."), "RecoverableError", "EMBED_AUTH"],
    ["404, model", vendor(404, "model_not_found", "The model does not exist."), "RecoverableError", "EMBED_AUTH"],
    ["408", vendor(408, null, "Timeout."), "TransientError", "EMBED_TIMEOUT"],
    ["409", vendor(409, null, "Conflict."), "TransientError", "EMBED_FAILED"],
    ["413", vendor(413, null, "Too large."), "PermanentError", "EMBED_REJECTED"],
    [
      "429, request larger than the limit per minute",
      vendor(
        429,
        "rate_limit_exceeded",
        "Request too large for m on tokens per min (TPM): Limit 40000, Requested 75012."
      ),
      "PermanentError",
      "EMBED_REJECTED"
    ],
    ["429, rate", vendor(429, "rate_limit_exceeded", "Slow."), "TransientError", "EMBED_RATE_LIMITED"],
    ["429, ramp", vendor(429, "slow_down", "Slow."), "TransientError", "EMBED_RATE_LIMITED"],
    ["429, quota", vendor(429, "insufficient_quota", "Pay."), "RecoverableError", "EMBED_QUOTA"],
    ["429, credit", vendor(429, "credit_balance_exhausted", "Pay."), "RecoverableError", "EMBED_QUOTA"],
    [
      "429, organization spend",
      vendor(429, "organization_spend_limit_exceeded", "Pay."),
      "RecoverableError",
      "EMBED_QUOTA"
    ],
    ["429, project spend", vendor(429, "project_spend_limit_exceeded", "Pay."), "RecoverableError", "EMBED_QUOTA"],
    [
      "429, organization usage",
      vendor(429, "organization_usage_limit_exceeded", "Pay."),
      "RecoverableError",
      "EMBED_QUOTA"
    ],
    ["500", vendor(500, null, "The server had an error."), "RecoverableError", "EMBED_UNAVAILABLE"],
    ["503", vendor(503, "server_is_overloaded", "Busy."), "RecoverableError", "EMBED_UNAVAILABLE"],
    ["504", vendor(504, null, "Gateway."), "TransientError", "EMBED_TIMEOUT"],
    ["a reset", "reset", "TransientError", "EMBED_INVALID_RESPONSE"],
    ["a cut body", "cut", "TransientError", "EMBED_INVALID_RESPONSE"]
  ])("classifies %s", ([, answer, tag, code]) =>
    Effect.gen(function*() {
      const error = yield* failureOf(answer)
      assert.deepStrictEqual([error._tag, error.code, error.dependency], [tag, code, "embedder"])
      if (typeof answer === "object") assert.strictEqual(error.requestId, "req_2")
      assert.notInclude(JSON.stringify(error), key)
    }))

  it.effect.each<[Record<string, string>, number | undefined]>([
    [{ "retry-after-ms": "1500", "retry-after": "9" }, 1_500],
    [{ "retry-after": "7" }, 7_000],
    [{ "retry-after": "Thu, 01 Jan 1970 00:00:20 GMT" }, 20_000],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after": "-3" }, undefined],
    [{ "retry-after": "3600000000" }, 3_600_000],
    [{ "retry-after": "Thu, 01 Jan 2140 00:00:20 GMT" }, 3_600_000],
    [{}, undefined]
  ])("reads the wait from %j", ([headers, expected]) =>
    Effect.gen(function*() {
      const error = yield* failureOf(vendor(429, "rate_limit_exceeded", "Slow.", headers))
      assert.isTrue(error._tag === "TransientError")
      const wait = error._tag === "TransientError" ? error.retryAfter : undefined
      assert.strictEqual(wait === undefined ? undefined : Duration.toMillis(wait), expected)
    }))

  it.effect("EmbedderOpenAI keeps a page of HTML out of the error", () =>
    Effect.gen(function*() {
      const error = yield* failureOf({ status: 502, body: `<html>${"bad gateway ".repeat(1000)}</html>` })
      assert.strictEqual(error.message, "The embedding provider answered 502.")
    }))

  it.effect("EmbedderOpenAI keeps the text out of the error when the provider quotes it", () =>
    Effect.gen(function*() {
      const error = yield* failureOf(vendor(400, null, `Invalid input: '${secretText}'`))
      assert.notInclude(JSON.stringify(error), "4711")
    }))

  it.effect("EmbedderOpenAI leaves no twelve consecutive characters of the text in the provider's message", () =>
    Effect.gen(function*() {
      for (let at = 0; at + 12 <= secretText.length; at++) {
        for (const length of [12, 17, 22]) {
          const quote = secretText.slice(at, at + length)
          const message = yield* messageOf(vendor(400, null, `The part "${quote}" is not taken.`), [secretText])
          assert.notInclude(message, quote.slice(0, 12))
          assert.include(message, "is not taken.")
        }
      }
    }))

  it.effect(
    "EmbedderOpenAI drops the provider's message if several texts were sent, because they may belong "
      + "to several users",
    () =>
      Effect.gen(function*() {
        const refusal = vendor(400, "invalid_input", `Input 1 says so: ${secretText.slice(0, 11).toUpperCase()}`)
        assert.strictEqual(
          yield* messageOf(refusal, ["one", secretText]),
          "The embedding provider answered 400 invalid_input."
        )
      })
  )

  it.effect("EmbedderOpenAI makes the provider's message, code and request id storable", () =>
    Effect.gen(function*() {
      const odd = vendor(400, "no\u0000code", `${"a".repeat(199)}\u{1f600}`, { "x-request-id": "re q" })
      const error = yield* failureOf(odd)
      assert.strictEqual(error.message, `The embedding provider answered 400: ${"a".repeat(199)}.`)
      assert.isUndefined(error.requestId)
    }))

  it.effect.each(["hang", "stall"] as const)(
    "EmbedderOpenAI fails at the deadline of the whole call: %s",
    (behaviour) =>
      Effect.gen(function*() {
        const asked = yield* Deferred.make<void>()
        const fiber = yield* Effect.forkChild(Effect.flip(embedAgainst(() => {
          Deferred.doneUnsafe(asked, Effect.void)
          return behaviour
        }, ["a"])))
        yield* Deferred.await(asked)
        yield* TestClock.adjust("30 seconds")
        const error = yield* Fiber.join(fiber)
        assert.deepStrictEqual([error._tag, error.code], ["TransientError", "EMBED_TIMEOUT"])
      })
  )

  it.effect("EmbedderOpenAI disconnects when its caller is interrupted", () =>
    Effect.gen(function*() {
      const asked = yield* Deferred.make<void>()
      const hungUp = yield* Deferred.make<void>()
      const fiber = yield* Effect.forkChild(embedAgainst(
        () => {
          Deferred.doneUnsafe(asked, Effect.void)
          return "hang"
        },
        ["a"],
        () => Deferred.doneUnsafe(hungUp, Effect.void)
      ))
      yield* Deferred.await(asked)
      yield* Fiber.interrupt(fiber)
      yield* Deferred.await(hungUp)
    }))
})
