/** Whatever a vendor answers, and however often it repeats our keys, no failure, log line or span of ours does. */
import { NodeHttpClient } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Context, Effect, Layer, Redacted, Result, Schema, type Scope, Stream } from "effect"
import type { HttpClient } from "effect/http"
import { inspect } from "node:util"
import { DocumentParserLlamaParse } from "../../layers/DocumentParser/LlamaParse.ts"
import { EmbedderOpenAI } from "../../layers/Embedder/OpenAI.ts"
import { ObjectStorageSupabase } from "../../layers/ObjectStorage/Supabase.ts"
import { DocumentParser, type ParseRequest } from "../../services/DocumentParser.ts"
import { Embedder } from "../../services/Embedder.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { DocumentId, JobId, localUserId } from "../../src/domain/Ids.ts"
import type { ServiceError } from "../../src/domain/ServiceError.ts"
import { embeddingModel } from "../support/harness/TestApi.ts"
import { serveStub, type StubBehaviour, type StubRequest } from "../support/stubs/HttpStub.ts"
import { Canary } from "./Canary.ts"
import { Recorder } from "./Recorder.ts"

const timeouts = { callTimeout: "5 seconds", uploadTimeout: "5 seconds" } as const
const bytes = new TextEncoder().encode("text")
const key = new Canary("the vendor's key")
const callbackSecret = new Canary("the secret of a job's callbacks")
const text = new Canary("the document's text")
const canaries = [key, callbackSecret, text]

type Calls = Effect.Effect<
  ReadonlyArray<Effect.Effect<unknown, ServiceError>>,
  ServiceError,
  HttpClient.HttpClient | Scope.Scope
>

const request: ParseRequest = {
  jobId: JobId.make("3f0c5ac6-32c4-4b6e-9b3e-0a4f0c1d2e3f"),
  documentId: DocumentId.make("7d0c5ac6-32c4-4b6e-9b3e-0a4f0c1d2e3f"),
  userId: localUserId,
  filename: "document.md",
  mediaType: "text/markdown",
  bytes: bytes.length,
  content: Stream.make(bytes),
  callback: { url: new URL("https://example.org/webhooks/llamaparse/1"), secret: Redacted.make(callbackSecret.value) }
}

const parser = (url: URL, apiKey: Redacted.Redacted): Calls =>
  Effect.map(
    Layer.build(
      DocumentParserLlamaParse({ url, apiKey, tier: "agentic", version: "latest", ...timeouts })
    ),
    (context) => {
      const { cancel, forget, parsesOf, result, submit } = Context.get(context, DocumentParser)
      return [submit(request), result("pjb-1", request), cancel("pjb-1"), parsesOf(request.jobId), forget("pjb-1")]
    }
  )

const embedder = (url: URL, apiKey: Redacted.Redacted): Calls =>
  Effect.map(
    Layer.build(EmbedderOpenAI({ url, apiKey, model: embeddingModel, timeout: "5 seconds" })),
    (context) => [Context.get(context, Embedder).embed([`The insured is ${text.value}.`])]
  )

const path = "raw/user/document.pdf"
const storage = (url: URL, serviceRoleKey: Redacted.Redacted): Calls =>
  Effect.map(
    Layer.build(ObjectStorageSupabase({ url, serviceRoleKey, ...timeouts })),
    (context) => {
      const { get, list, put, remove, stat } = Context.get(context, ObjectStorage)
      return [
        put(path, Stream.make(bytes), "text/markdown"),
        Stream.runDrain(get(path)),
        stat(path),
        Stream.runDrain(list("raw")),
        remove(path)
      ]
    }
  )

/** Every shape of a vendor's answer. */
const bodies: ReadonlyArray<(said: string) => unknown> = [
  (said) => ({ detail: said }),
  (said) => ({ detail: [{ loc: ["body", said], msg: said, type: "x", input: said }] }),
  (said) => ({ error: { message: said, type: said, code: said, param: said } }),
  (said) => ({ error: { message: said, type: "invalid_request_error", code: "insufficient_quota" } }),
  (said) => ({ statusCode: "403", error: said, message: said, code: said }),
  (said) => ({ statusCode: 500, message: said }),
  (said) => ({ job: { id: "pjb-1", status: "FAILED", error_message: said } }),
  (said) => ({ id: "pjb-1", status: "PENDING", public: said }),
  (said) => ({ data: [{ index: said, embedding: said }], usage: { total_tokens: 1 } }),
  (said) => `<html><body>${said}</body></html>`,
  (said) => said
]
const failedParse = 6
const statuses = [200, 301, 400, 401, 402, 403, 404, 408, 409, 413, 415, 422, 429, 500, 502, 503, 504] as const

const Answer = Schema.Struct({
  status: Schema.Literals(statuses),
  body: Schema.Literals(bodies.map((_, index) => index)),
  /** This many characters of each input, with or without the vendor's own words around them. */
  length: Schema.Literals([1_000, 30]),
  inWords: Schema.Boolean,
  inHeaders: Schema.Boolean,
  broken: Schema.Literals(["no", "no", "no", "reset", "cut"])
})

/** It repeats the request; for a failed parse, everything it was ever sent. */
const echoing = ({ body, broken, inHeaders, inWords, length, status }: typeof Answer.Type) => {
  const heard = new Set<Canary>()
  return ({ body: sent, headers }: StubRequest): StubBehaviour => {
    const request = `${JSON.stringify(headers)} ${sent.toString("latin1")}`
    const told = canaries.filter(({ value }) => request.includes(value))
    for (const canary of told) heard.add(canary)
    if (broken !== "no") return broken
    const echo = (body === failedParse ? [...heard] : told).map(({ value }) => value.slice(0, length)).join(" ")
    const said = inWords ? `Incorrect value provided: ${echo}. See your account.` : echo
    return {
      status,
      headers: inHeaders ? { "x-request-id": said, "retry-after": said, location: `/${encodeURIComponent(said)}` } : {},
      body: bodies[body]?.(said)
    }
  }
}

/** As our own callers treat a failure: a span around it, a log line, and its fields in a row. */
const observed = <A>(call: Effect.Effect<A, ServiceError>) =>
  call.pipe(
    Effect.tapError((error) => Effect.logWarning("A service that a request needs is unavailable", error)),
    Effect.tapDefect((defect) => Effect.logError("A stage broke down.", defect)),
    Effect.withSpan("test"),
    Effect.result,
    Effect.map((result) =>
      Result.isFailure(result) ? inspect(result.failure, { depth: 20 }) + JSON.stringify(result.failure) : ""
    )
  )

const failuresOf = (connected: Calls) =>
  Effect.flatMap(Effect.result(connected), (calls) =>
    Result.isFailure(calls)
      ? Effect.map(observed(Effect.fail(calls.failure)), (told) => [told])
      : Effect.forEach(calls.success, observed))

for (const [name, connect] of Object.entries({ parser, embedder, storage })) {
  it.live.prop(
    `the ${name}'s failures do not repeat the key, the callbacks' secret, or the text`,
    { answer: Answer },
    ({ answer }) =>
      Effect.gen(function*() {
        const url = yield* serveStub(echoing(answer))
        const told = yield* failuresOf(connect(url, Redacted.make(key.value)))
        const { lines, spans } = yield* Recorder
        for (const output of [...told, yield* lines, yield* spans]) {
          for (const canary of canaries) assert.isUndefined(canary.findIn(output))
        }
      }).pipe(Effect.provide(Layer.merge(Recorder.layer, NodeHttpClient.layerUndici)), Effect.scoped),
    { arbitrary: { runs: 60 } }
  )

  it.live.each(["\n", "\u0000", "ü", " "])(
    `a key for the ${name} that ends in %j is refused without being shown`,
    (ending) =>
      Effect.gen(function*() {
        const url = yield* serveStub(() => ({ status: 401, body: {} }))
        const told = yield* failuresOf(connect(url, Redacted.make(key.value + ending)))
        const { lines, spans } = yield* Recorder
        for (const output of [...told, yield* lines, yield* spans]) assert.isUndefined(key.findIn(output))
      }).pipe(Effect.provide(Layer.merge(Recorder.layer, NodeHttpClient.layerUndici)), Effect.scoped)
  )

  it.live.each([401, 302, undefined])(
    `the ${name}'s address may contain a password, which is not shown if it answers %s`,
    (status) =>
      Effect.gen(function*() {
        const url = status === undefined
          ? new URL("http://127.0.0.1:1")
          : yield* serveStub(() => ({ status, headers: { location: "/elsewhere" }, body: {} }))
        url.username = "accessa"
        url.password = key.value
        const { lines, spans } = yield* Recorder
        const told = yield* failuresOf(connect(url, Redacted.make("another key")))
        for (const output of [...told, yield* lines, yield* spans]) assert.isUndefined(key.findIn(output))
      }).pipe(Effect.provide(Layer.merge(Recorder.layer, NodeHttpClient.layerUndici)), Effect.scoped)
  )
}
