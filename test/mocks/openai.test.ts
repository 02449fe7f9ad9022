/** OpenAI's own SDK against the mock, over HTTP. */
import { layer } from "@effect/vitest"
import { Duration, Effect, Layer } from "effect"
import { encode } from "gpt-tokenizer/encoding/cl100k_base"
import OpenAI, {
  APIConnectionError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError
} from "openai"
import { assert } from "vitest"
import { serve } from "../../src/mocks/openai/MockOpenAI.ts"
import { freePort, serverUrl } from "./serverUrl.ts"

const client = Effect.map(
  serverUrl,
  (url) => new OpenAI({ apiKey: "sk-test", baseURL: `${url}/v1`, maxRetries: 0, logLevel: "off" })
)

const model = "text-embedding-3-small"

const call = <A>(run: (openai: OpenAI) => Promise<A>) =>
  Effect.flatMap(client, (openai) => Effect.promise(() => run(openai)))

const failure = (run: (openai: OpenAI) => Promise<unknown>) =>
  Effect.flatMap(
    client,
    (openai) => Effect.flip(Effect.tryPromise({ try: () => run(openai), catch: (error) => error }))
  )

const play = (yaml: string) =>
  Effect.gen(function*() {
    const url = yield* serverUrl
    const response = yield* Effect.promise(() => fetch(`${url}/mock/scenario`, { method: "PUT", body: yaml }))
    assert.strictEqual(response.status, 200, yield* Effect.promise(() => response.text()))
  })

const norm = (vector: ReadonlyArray<number>) => Math.hypot(...vector)

const mock = Layer.provideMerge(
  serve({ delay: Duration.zero, failureRate: 0, vectors: "lexical" }),
  freePort
)

layer(mock, { excludeTestServices: true })("the mock OpenAI, driven by OpenAI's SDK", (it) => {
  it.effect("gives the same float32 numbers as floats, as base64 and by default", () =>
    Effect.gen(function*() {
      const input = ["one policy", "two claims, « très » cher 😀"]
      const [byDefault, floats, base64] = yield* Effect.all([
        call((openai) => openai.embeddings.create({ model, input })),
        call((openai) => openai.embeddings.create({ model, input, encoding_format: "float" })),
        call((openai) => openai.embeddings.create({ model, input, encoding_format: "base64" }))
      ])
      assert.deepStrictEqual(floats.data, byDefault.data)
      assert.strictEqual(typeof base64.data[0]?.embedding, "string")
      for (const { embedding } of floats.data) {
        assert.strictEqual(embedding.length, 1536)
        assert.deepStrictEqual(embedding, Array.from(Float32Array.from(embedding)))
        assert.closeTo(norm(embedding), 1, 1e-6)
      }
      assert.deepStrictEqual(floats.data.map(({ index }) => index), [0, 1])
      const tokens = encode(input[0] ?? "").length + encode(input[1] ?? "").length
      assert.deepStrictEqual(floats.usage, { prompt_tokens: tokens, total_tokens: tokens })
      assert.match(byDefault._request_id ?? "", /^req_[0-9a-f]{32}$/)
    }))
})
