/** Vendors without HTTP: the memory adapters, with faults in front of them. Nothing calls back. */
import { Context, Duration, Effect, Layer } from "effect"
import { DocumentParser } from "../../services/DocumentParser.ts"
import { Embedder } from "../../services/Embedder.ts"
import { PermanentError, RecoverableError, type ServiceError, TransientError } from "../../src/domain/ServiceError.ts"
import { embeddingModel } from "../support/harness/TestApi.ts"
import { DocumentParserMemory } from "../twins/DocumentParserMemory.ts"
import { EmbedderLog, EmbedderMemory } from "../twins/EmbedderMemory.ts"
import { ObjectStorageMemory } from "../twins/ObjectStorageMemory.ts"
import { type EmbeddingFault, retryAfterSeconds, slowMillis, Vendors } from "./Vendors.ts"

const faulty = Layer.effectContext(Effect.gen(function*() {
  const parser = yield* DocumentParser
  const embedder = yield* Embedder
  const log = yield* EmbedderLog
  let submits = 0
  let unfinished = false
  let embeddings: Array<EmbeddingFault & { left: number }> = []
  let tokens = 0

  const struck = (texts: ReadonlyArray<string>): Effect.Effect<void, ServiceError> => {
    const fault = embeddings.find(({ left, word }) => left > 0 && texts.some((text) => text.includes(word)))
    if (fault === undefined) return Effect.void
    fault.left--
    return fail(fault.as)
  }

  return Context.make(DocumentParser, {
    ...parser,
    submit: (request) =>
      submits-- > 0
        ? Effect.fail(
          new RecoverableError({
            code: "PARSER_UNAVAILABLE",
            message: "The parser answered 503.",
            dependency: "parser"
          })
        )
        : parser.submit(request),
    result: (id, request) => {
      const isEarly = unfinished
      unfinished = false
      return isEarly ? Effect.succeedNone : parser.result(id, request)
    }
  }).pipe(
    Context.add(Embedder, {
      ...embedder,
      probe: Effect.suspend(() => struck(["a probe"])).pipe(Effect.andThen(embedder.probe)),
      embed: Effect.fnUntraced(function*(texts: ReadonlyArray<string>) {
        yield* struck(texts)
        const answer = yield* embedder.embed(texts)
        tokens += answer.tokens
        return answer
      })
    }),
    Context.add(Vendors, {
      failNext: (faults) =>
        Effect.sync(() => {
          submits = faults.submits ?? 0
          unfinished = faults.callbacks !== undefined
          embeddings = (faults.embeddings ?? []).map((fault) => ({ ...fault, left: fault.times }))
        }),
      bought: Effect.map(log.batches, (batches) => ({ calls: batches.length, vectors: batches.flat().length, tokens }))
    })
  )
}))

const fail = (as: EmbeddingFault["as"]): Effect.Effect<void, ServiceError> => {
  const fields = { message: `The embedder was told so: ${as}.`, dependency: "embedder" as const }
  switch (as) {
    case "rate limited": {
      const retryAfter = Duration.seconds(retryAfterSeconds)
      return Effect.fail(new TransientError({ ...fields, code: "EMBED_RATE_LIMITED", retryAfter }))
    }
    case "wrong dimensions":
      return Effect.fail(new PermanentError({ ...fields, code: "EMBED_DIM_MISMATCH" }))
    case "refused":
      return Effect.fail(new PermanentError({ ...fields, code: "EMBED_REJECTED" }))
    case "denied":
      return Effect.fail(new RecoverableError({ ...fields, code: "EMBED_AUTH" }))
    case "slow":
      return Effect.sleep(Duration.millis(slowMillis))
  }
}

export const vendorsInMemory = faulty.pipe(
  Layer.provide(Layer.merge(DocumentParserMemory, EmbedderMemory(embeddingModel))),
  Layer.merge(ObjectStorageMemory)
)
