import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib"
import { EmbedderOpenAI } from "../../../layers/Embedder/OpenAI.ts"
import { Embedder } from "../../../services/Embedder.ts"
import { serveStub, type StubRequest } from "../../support/stubs/HttpStub.ts"

const model = { model: "text-embedding-3-small", version: "1", dimensions: 1536 }
const vectors = Array.from({ length: 40 }, (_, n) => new Float32Array(model.dimensions).fill(n + 0.5))
const body = Buffer.from(JSON.stringify({
  data: vectors.map(({ buffer }, index) => ({ index, embedding: Buffer.from(buffer).toString("base64") })),
  usage: { total_tokens: 40 }
}))
const texts = vectors.map((_, n) => `text ${n}`)

const embedAt = (url: URL) =>
  Effect.flatMap(Embedder, ({ embed }) => embed(texts)).pipe(
    Effect.provide(EmbedderOpenAI({ url, apiKey: Redacted.make("sk"), model, timeout: "30 seconds" }))
  )

describe("the reading of an embeddings response", () => {
  it.effect.each<[string, Readonly<Record<string, string>>, Uint8Array]>([
    ["of an announced length", { "content-length": String(body.length) }, body],
    ["of an unknown length", {}, body],
    ["that a proxy has compressed with gzip", { "content-encoding": "gzip" }, gzipSync(body)],
    ["that a proxy has compressed with deflate", { "content-encoding": "deflate" }, deflateSync(body)],
    ["that a proxy has compressed with Brotli", { "content-encoding": "br" }, brotliCompressSync(body)]
  ])("gives the vectors of a response %s", ([, headers, sent]) =>
    Effect.gen(function*() {
      const url = new URL("/v1", yield* serveStub(() => ({ status: 200, headers, body: sent })))
      assert.deepStrictEqual((yield* embedAt(url)).vectors, vectors)
    }))

  it.effect("asks for no compression", () =>
    Effect.gen(function*() {
      const seen: Array<StubRequest> = []
      const url = yield* serveStub((request) => {
        seen.push(request)
        return { status: 200, body }
      })
      yield* embedAt(new URL("/v1", url))
      assert.deepStrictEqual(seen.map(({ headers }) => headers["accept-encoding"]), [undefined])
    }))

  it.effect("follows a redirect with the same request", () =>
    Effect.gen(function*() {
      const url = yield* serveStub(({ body: asked, method, url: { pathname } }) =>
        pathname === "/old/embeddings"
          ? { status: 307, headers: { location: "/v1/embeddings" } }
          : {
            status: method === "POST" && JSON.parse(asked.toString()).input.length === texts.length ? 200 : 400,
            body
          }
      )
      assert.strictEqual((yield* embedAt(new URL("/old", url))).vectors.length, texts.length)
    }))
})
