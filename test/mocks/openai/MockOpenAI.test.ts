/** OpenAI's own SDK against the mock, over HTTP. */
import { layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { encode } from "gpt-tokenizer/encoding/cl100k_base"
import {
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError
} from "openai"
import { assert } from "vitest"
import { serve } from "../../../src/mocks/openai/MockOpenAI.ts"
import { getJson, play, reset } from "../admin.ts"
import { freePort } from "../serverUrl.ts"
import { apiFailure, call, embed, failure, model, norm, options } from "./client.ts"

layer(Layer.provideMerge(serve(options), freePort), { excludeTestServices: true })("MockOpenAI", (it) => {
  it.effect("MockOpenAI gives the same float32 numbers as floats, as base64 and by default", () =>
    Effect.gen(function*() {
      const input = ["one policy", "two claims, « très » cher 😀"]
      const byDefault = yield* call(embed(input))
      const floats = yield* call((openai) => openai.embeddings.create({ model, input, encoding_format: "float" }))
      const base64 = yield* call((openai) => openai.embeddings.create({ model, input, encoding_format: "base64" }))
      assert.deepStrictEqual(floats.data, byDefault.data)
      assert.strictEqual(typeof base64.data[0]?.embedding, "string")
      for (const { embedding } of floats.data) {
        assert.strictEqual(embedding.length, 1536)
        assert.deepStrictEqual(embedding, Array.from(Float32Array.from(embedding)))
        assert.closeTo(norm(embedding), 1, 1e-6)
      }
      assert.deepStrictEqual(floats.data.map(({ index }) => index), [0, 1])
    }))

  it.effect("MockOpenAI counts tokens as cl100k does, special tokens as plain text", () =>
    Effect.gen(function*() {
      const input = "Say <|endoftext|> and   go on:\n\n\t12345 l'été"
      const { usage } = yield* call(embed(input))
      const tokens = encode(input, { disallowedSpecial: new Set() }).length
      assert.deepStrictEqual(usage, { prompt_tokens: tokens, total_tokens: tokens })
    }))

  it.effect("gives every reply an id, and requires the key", () =>
    Effect.gen(function*() {
      const first = yield* call(embed("x"))
      const second = yield* call(embed("x"))
      assert.match(first._request_id ?? "", /^req_[0-9a-f]{32}$/)
      assert.notStrictEqual(first._request_id, second._request_id)
      const error = yield* failure(embed("x"), " ")
      assert.instanceOf(error, AuthenticationError)
      assert.match(error.requestID ?? "", /^req_/)
    }))

  it.effect("MockOpenAI shortens a vector by truncation", () =>
    Effect.gen(function*() {
      const input = "The policy covers water damage."
      const whole = (yield* call(embed(input))).data[0]?.embedding ?? []
      const short = (yield* call((openai) => openai.embeddings.create({ model, input, dimensions: 256 }))).data[0]
        ?.embedding ?? []
      const scale = norm(whole.slice(0, 256))
      assert.strictEqual(short.length, 256)
      assert.closeTo(norm(short), 1, 1e-6)
      short.forEach((value, at) => assert.closeTo(value, (whole[at] ?? 0) / scale, 1e-6))
    }))

  it.effect("MockOpenAI gives each model its own dimensions", () =>
    Effect.gen(function*() {
      const large = yield* call((openai) => openai.embeddings.create({ model: "text-embedding-3-large", input: "x" }))
      const ada = yield* call((openai) => openai.embeddings.create({ model: "text-embedding-ada-002", input: "x" }))
      assert.deepStrictEqual([large.data[0]?.embedding.length, ada.data[0]?.embedding.length], [3072, 1536])
    }))

  it.effect("MockOpenAI accepts tokens instead of text, one list or many", () =>
    Effect.gen(function*() {
      const input = "The policy covers water damage."
      const text = yield* call(embed(input))
      const one = yield* call((openai) => openai.embeddings.create({ model, input: encode(input) }))
      const many = yield* call((openai) => openai.embeddings.create({ model, input: [encode(input), encode("no")] }))
      assert.deepStrictEqual(one.data, text.data)
      assert.deepStrictEqual(one.usage, text.usage)
      assert.deepStrictEqual(many.data[0], text.data[0])
      assert.lengthOf(many.data, 2)
    }))

  it.effect("MockOpenAI lists its models and shows each", () =>
    Effect.gen(function*() {
      const models = yield* call(async (openai) => (await openai.models.list()).data)
      const one = yield* call((openai) => openai.models.retrieve(model))
      assert.include(models.map(({ id }) => id), model)
      assert.deepStrictEqual(one, { ...one, id: model, object: "model" })
      assert.instanceOf(yield* failure((openai) => openai.models.retrieve("gpt-none")), NotFoundError)
    }))

  it.effect("MockOpenAI refuses what the vendor refuses, in its words", () =>
    Effect.gen(function*() {
      const refused = (body: object) =>
        apiFailure((openai) => openai.post("/embeddings", { body: { model, input: "x", ...body } }))
      assert.match((yield* refused({ input: "" })).message, /'\$\.input' is invalid/)
      assert.match((yield* refused({ input: [] })).message, /'\$\.input' is invalid/)
      assert.match((yield* refused({ input: ["a", ""] })).message, /'\$\.input' is invalid/)
      assert.match((yield* refused({ input: [1, 200_000] })).message, /'\$\.input' is invalid/)
      assert.match(
        (yield* refused({ input: Array.from({ length: 2049 }, () => "a") })).message,
        /'\$\.input' is invalid/
      )
      assert.match((yield* refused({ input: ["a", " a".repeat(8193)] })).message, /'input\[1\]'.* 8192 tokens/)
      assert.match((yield* refused({ dimensions: 1537 })).message, /'dimensions' = 1537/)
      assert.match((yield* refused({ dimensions: 0 })).message, /'dimensions'/)
      assert.match((yield* refused({ prompt: "x" })).message, /Unrecognized request argument supplied: prompt/)
      assert.match((yield* refused({ model: undefined })).message, /must provide a model/)
      const unknown = yield* refused({ model: "gpt-none" })
      assert.deepStrictEqual([unknown.status, unknown.code], [404, "model_not_found"])
      const tooMany = yield* refused({ input: Array.from({ length: 40 }, () => " a".repeat(8000)) })
      assert.deepStrictEqual([tooMany.status, tooMany.code, tooMany.type], [
        400,
        "max_tokens_per_request",
        "max_tokens_per_request"
      ])
    }))

  it.effect("MockOpenAI returns every error the vendor has", () =>
    Effect.gen(function*() {
      const rows = [
        [400, "max_tokens_per_request", BadRequestError],
        [401, "invalid_api_key", AuthenticationError],
        [403, "unsupported_country_region_territory", PermissionDeniedError],
        [403, "model_not_found", PermissionDeniedError],
        [404, "model_not_found", NotFoundError],
        [429, "rate_limit_exceeded", RateLimitError],
        [429, "slow_down", RateLimitError],
        [429, "insufficient_quota", RateLimitError],
        [429, "credit_balance_exhausted", RateLimitError],
        [429, "organization_spend_limit_exceeded", RateLimitError],
        [429, "project_spend_limit_exceeded", RateLimitError],
        [429, "organization_usage_limit_exceeded", RateLimitError],
        [503, "server_is_overloaded", InternalServerError]
      ] as const
      yield* play(
        `name: all\nopenai:\n${
          rows.map(([status, code]) => `  - { on: embeddings, reply: { status: ${status}, code: ${code} } }`).join("\n")
        }`
      )
      for (const [status, code, kind] of rows) {
        const error = yield* apiFailure(embed("x"))
        assert.instanceOf(error, kind)
        assert.deepStrictEqual([error.status, error.code, error.headers?.get("retry-after")], [status, code, null])
      }
      assert.lengthOf((yield* call(embed("x"))).data, 1)
    }))

  it.effect("MockOpenAI says how long to wait, in seconds and in milliseconds", () =>
    Effect.gen(function*() {
      yield* play(
        "name: wait\nopenai: [{ on: embeddings, reply: { status: 429, code: rate_limit_exceeded, retry_after: 1500ms } }]"
      )
      const error = yield* apiFailure(embed("x"))
      assert.deepStrictEqual([error.headers?.get("retry-after"), error.headers?.get("retry-after-ms")], ["2", "1500"])
    }))

  it.effect("MockOpenAI returns a gateway's error as HTML, and its own without a code", () =>
    Effect.gen(function*() {
      yield* play(
        "name: down\nopenai: [{ on: embeddings, reply: { status: 502 } }, { on: embeddings, reply: { status: 500 } }]"
      )
      const gateway = yield* apiFailure(embed("x"))
      const server = yield* apiFailure(embed("x"))
      assert.match(gateway.message, /<html>/)
      assert.deepStrictEqual([server.status, server.type, server.code], [500, "server_error", null])
    }))

  it.effect("MockOpenAI answers with garbage in a scenario", () =>
    Effect.gen(function*() {
      const kinds = ["wrong_dimensions", "fewer_vectors", "shuffled", "nan", "zero", "html", "reset_mid_body", "slow"]
      yield* play(
        `name: garbage\nopenai:\n${
          kinds.map((kind) => `  - { on: embeddings, garbage: ${kind}, delay: 20ms }`).join("\n")
        }`
      )
      const good = (yield* call(embed(["a", "b"]))).data
      assert.deepStrictEqual(good.map(({ embedding }) => embedding.length), [1535, 1535])
      assert.lengthOf((yield* call(embed(["a", "b"]))).data, 1)
      assert.deepStrictEqual((yield* call(embed(["a", "b"]))).data.map(({ index }) => index), [1, 0])
      assert.isNaN((yield* call(embed("a"))).data[0]?.embedding[0])
      assert.strictEqual(norm((yield* call(embed("a"))).data[0]?.embedding ?? [1]), 0)
      const html: unknown = yield* call((openai) => openai.post("/embeddings", { body: { model, input: "a" } }))
      assert.match(String(html), /^<html>/)
      const broken = yield* failure(embed("a"))
      assert.instanceOf(broken, Error)
      assert.lengthOf((yield* call(embed(["a", "b"]))).data, 2)
    }))

  it.effect("MockOpenAI applies a fault only to the matching text", () =>
    Effect.gen(function*() {
      yield* play("name: poison\nopenai: [{ on: embeddings, match: { text: '*poison*' }, reply: { status: 400 } }]")
      assert.lengthOf((yield* call(embed(["pure"]))).data, 1)
      assert.instanceOf(yield* failure(embed(["pure", "some poison here"])), BadRequestError)
      assert.lengthOf((yield* call(embed(["some poison here"]))).data, 1)
    }))

  it.effect("MockOpenAI reports what the calls would have cost", () =>
    Effect.gen(function*() {
      yield* reset
      const { usage } = yield* call(embed(["one two three", "four"]))
      const state = yield* getJson("/mock/state")
      assert.deepInclude(state, {
        mock: "openai",
        calls: { 200: 1 },
        usage: { requests: 1, vectors: 2, tokens: usage.total_tokens, cost_usd: usage.total_tokens * 0.02 / 1_000_000 }
      })
    }))
})
