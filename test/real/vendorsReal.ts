/**
 * The real LlamaParse, OpenAI and Supabase for which there are keys, and twins in memory for the others. What is bought is metered and
 * capped; what is stored or parsed is removed at the end.
 */
import { NodeHttpClient } from "@effect/platform-node"
import { Config, Effect, Layer, Option, Ref, Stream } from "effect"
import { DocumentParserLlamaParse } from "../../layers/DocumentParser/LlamaParse.ts"
import { EmbedderOpenAI } from "../../layers/Embedder/OpenAI.ts"
import { IdsRandom } from "../../layers/Ids/Random.ts"
import { ObjectStorageSupabase } from "../../layers/ObjectStorage/Supabase.ts"
import { DocumentParser } from "../../services/DocumentParser.ts"
import { Embedder } from "../../services/Embedder.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { PermanentError } from "../../src/domain/ServiceError.ts"
import { bytesPerToken, embeddingCost } from "../../src/policy/limits.ts"
import { Vendors } from "../pipeline/Vendors.ts"
import { embeddingModel } from "../support/harness/TestApi.ts"
import { DocumentParserMemory } from "../twins/DocumentParserMemory.ts"
import { EmbedderMemory } from "../twins/EmbedderMemory.ts"
import { ObjectStorageMemory } from "../twins/ObjectStorageMemory.ts"
import { Budget } from "./Budget.ts"

const readKey = (name: string) => Config.option(Config.Redacted(name))
const readUrl = (name: string, usual: string) => Config.URL(name).pipe(Config.withDefault(new URL(usual)))

export const readKeys = Config.all({
  llamaparse: Config.all({
    key: readKey("LLAMAPARSE_API_KEY"),
    url: readUrl("LLAMAPARSE_API_URL", "https://api.cloud.llamaindex.ai")
  }),
  openai: Config.all({ key: readKey("OPENAI_API_KEY"), url: readUrl("OPENAI_API_URL", "https://api.openai.com/v1") }),
  supabase: Config.all({ key: readKey("SUPABASE_SERVICE_ROLE_KEY"), url: Config.option(Config.URL("SUPABASE_URL")) })
})
export type Keys = Config.Success<typeof readKeys>

/** Three credits a page, at $1.25 for a thousand. */
const usdPerPage = 0.003_75

const refused = (code: "EMBED_REJECTED" | "PARSE_CORRUPT", message: string) =>
  Effect.fail(new PermanentError({ code, message }))

const meteredEmbedder = Effect.gen(function*() {
  const embedder = yield* Embedder
  const budget = yield* Budget
  return Embedder.of({
    ...embedder,
    probe: Effect.gen(function*() {
      if (!(yield* budget.spend(embeddingCost(embedder.model.model, 1)))) {
        return yield* refused("EMBED_REJECTED", budget.usedUp)
      }
      return yield* embedder.probe
    }),
    embed: Effect.fnUntraced(function*(texts) {
      const { model } = embedder.model
      const estimate = embeddingCost(model, texts.join("").length * 2 / bytesPerToken)
      if (!(yield* budget.spend(estimate))) return yield* refused("EMBED_REJECTED", budget.usedUp)
      const answer = yield* embedder.embed(texts)
      yield* budget.correct(embeddingCost(model, answer.tokens) - estimate)
      yield* budget.count(texts.length, answer.tokens)
      return answer
    })
  })
})

/** The documents of the specification have a page or two. */
const pagesAtMost = 20

const meteredParser = Effect.gen(function*() {
  const parser = yield* DocumentParser
  const budget = yield* Budget
  const parses = yield* Ref.make<ReadonlyArray<string>>([])
  yield* Effect.addFinalizer(() =>
    Effect.flatMap(Ref.get(parses), Effect.forEach((id) => Effect.ignore(parser.forget(id), { log: true })))
  )
  return DocumentParser.of({
    ...parser,
    submit: Effect.fnUntraced(function*(request) {
      if (!(yield* budget.spend(pagesAtMost * usdPerPage))) return yield* refused("PARSE_CORRUPT", budget.usedUp)
      const id = yield* parser.submit(request)
      yield* Ref.update(parses, (before) => [...before, id])
      return id
    }),
    result: (id, request) =>
      Effect.tap(
        parser.result(id, request),
        Option.match({
          onNone: () => Effect.void,
          onSome: ({ pages }) => budget.correct((Math.max(1, pages) - pagesAtMost) * usdPerPage)
        })
      )
  })
})

/** Lists nothing but this run's objects: the worker's sweep would take all others for orphans and remove them. */
const ownObjects = Effect.gen(function*() {
  const storage = yield* ObjectStorage
  const own = yield* Ref.make<ReadonlySet<string>>(new Set())
  yield* Effect.addFinalizer(() =>
    Effect.flatMap(Ref.get(own), (paths) => Effect.ignore(storage.remove(...paths), { log: true }))
  )
  return ObjectStorage.of({
    ...storage,
    put: (path, content, mediaType) =>
      Effect.andThen(
        Ref.update(own, (before) => new Set([...before, path])),
        storage.put(path, content, mediaType)
      ),
    list: (bucket) =>
      Stream.filterEffect(storage.list(bucket), ({ path }) => Effect.map(Ref.get(own), (paths) => paths.has(path)))
  })
})

const parserFor = ({ key, url }: Keys["llamaparse"]) =>
  Option.match(key, {
    onNone: () => DocumentParserMemory,
    onSome: (apiKey) =>
      Layer.effect(DocumentParser, meteredParser).pipe(Layer.provide(DocumentParserLlamaParse({
        url,
        apiKey,
        tier: "cost_effective",
        version: "latest",
        callTimeout: "60 seconds",
        uploadTimeout: "2 minutes"
      })))
  })

const embedderFor = ({ key, url }: Keys["openai"]) =>
  Option.match(key, {
    onNone: () => EmbedderMemory(embeddingModel),
    onSome: (apiKey) => EmbedderOpenAI({ url, apiKey, model: embeddingModel, timeout: "60 seconds" })
  })

const storageFor = ({ key, url }: Keys["supabase"]) =>
  Option.match(Option.all({ serviceRoleKey: key, url }), {
    onNone: () => ObjectStorageMemory,
    onSome: (options) =>
      Layer.effect(ObjectStorage, ownObjects).pipe(
        Layer.provide(ObjectStorageSupabase({ ...options, callTimeout: "30 seconds" }))
      )
  })

const meter = Layer.effect(
  Vendors,
  Effect.map(Budget, ({ bought }) => Vendors.of({ failNext: () => Effect.void, bought }))
)

export const vendorsReal = ({ llamaparse, openai, supabase }: Keys) =>
  Layer.mergeAll(
    meter,
    parserFor(llamaparse),
    Layer.effect(Embedder, meteredEmbedder).pipe(Layer.provide(embedderFor(openai))),
    storageFor(supabase)
  ).pipe(
    Layer.provide(Budget.layer),
    Layer.provide(Layer.merge(NodeHttpClient.layerUndici, IdsRandom))
  )

/** What cannot be tried, and why. */
export const missing = ({ llamaparse, openai, supabase }: Keys): ReadonlyArray<string> => [
  ...Option.isNone(llamaparse.key) ? ["LlamaParse: LLAMAPARSE_API_KEY is not set"] : [],
  ...Option.isNone(openai.key) ? ["OpenAI: OPENAI_API_KEY is not set"] : [],
  ...Option.isNone(supabase.key) || Option.isNone(supabase.url)
    ? ["Supabase: SUPABASE_URL or SUPABASE_SERVICE_ROLE_KEY is not set"]
    : []
]

export const named = (keys: Keys): string =>
  [
    ...Option.isSome(keys.llamaparse.key) ? [`LlamaParse at ${keys.llamaparse.url.origin}`] : [],
    ...Option.isSome(keys.openai.key) ? [`OpenAI at ${keys.openai.url.origin}`] : [],
    ...Option.isSome(keys.supabase.key) && Option.isSome(keys.supabase.url)
      ? [`Supabase at ${keys.supabase.url.value.origin}`]
      : []
  ].join(", ")
