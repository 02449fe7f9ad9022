/** The vendor's answers, and the adapter against them. */
import { Effect, Redacted } from "effect"
import { EmbedderOpenAI } from "../../../layers/Embedder/OpenAI.ts"
import { Embedder } from "../../../services/Embedder.ts"
import { serveStub, type StubAnswer, type StubBehaviour, type StubRequest } from "../../support/stubs/HttpStub.ts"

export const model = { model: "text-embedding-3-small", version: "1", dimensions: 4 }
export const secretText = "Mrs Example's policy number is 4711-0815-2342."
export const key = "sk-secret-key"

export const base64 = (...values: ReadonlyArray<number>) =>
  Buffer.from(new Float32Array(values).buffer).toString("base64")
export const list = (...embeddings: ReadonlyArray<unknown>) => ({
  object: "list",
  model: model.model,
  data: embeddings.map((embedding, index) => ({ object: "embedding", index, embedding })),
  usage: { prompt_tokens: 7, total_tokens: 7 }
})
export const ok = (body: unknown): StubAnswer => ({ status: 200, headers: { "x-request-id": "req_1" }, body })

export const embedAgainst = Effect.fnUntraced(function*(
  answer: (request: StubRequest) => StubBehaviour,
  texts: ReadonlyArray<string>,
  onClosed?: () => void
) {
  const url = new URL("/v1", yield* serveStub(answer, onClosed === undefined ? {} : { onClosed }))
  const layer = EmbedderOpenAI({ url, apiKey: Redacted.make(key), model, timeout: "30 seconds" })
  return yield* Effect.flatMap(Embedder, ({ embed }) => embed(texts)).pipe(Effect.provide(layer))
})
export const messageOf = (answer: StubBehaviour, texts: ReadonlyArray<string>) =>
  Effect.map(Effect.flip(embedAgainst(() => answer, texts)), ({ message }) => message)
export const failureOf = (answer: StubBehaviour) => Effect.flip(embedAgainst(() => answer, [secretText]))

export const vendor = (status: number, code: string | null, message: string, headers = {}): StubAnswer => ({
  status,
  headers: { "x-request-id": "req_2", ...headers },
  body: { error: { message, type: "invalid_request_error", param: null, code } }
})
