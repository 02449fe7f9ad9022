/**
 * How well each chunker's chunks are found by 182 questions about the documents of `retrieval/` and `examples/`: with the
 * mock's vectors, which carry words only, and with the provider's if OPENAI_API_KEY is set.
 */
import { Config, Console, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { EmbedderOpenAI } from "../layers/Embedder/OpenAI.ts"
import { Embedder } from "../services/Embedder.ts"
import { ChunkerId } from "../src/domain/Chunk.ts"
import { dimensions } from "../src/domain/Vector.ts"
import { readCorpus } from "./retrieval/corpus.ts"
import { type Embed, measure } from "./retrieval/measure.ts"
import { embedByMock } from "./retrieval/mockVectors.ts"

export const retrieval = Command.make(
  "retrieval",
  { json: Flag.Boolean("json").pipe(Flag.withDefault(false)) },
  Effect.fn("bench.retrieval")(function*({ json }) {
    const corpus = yield* readCorpus
    const report = Effect.fnUntraced(function*<E>(vectors: string, embed: Embed<E>) {
      for (const chunker of ChunkerId.literals) {
        const result = { vectors, ...(yield* measure(chunker, corpus, embed)) }
        yield* Console.log(json ? JSON.stringify(result) : result)
      }
    })
    yield* report("mock", embedByMock)
    const key = yield* Config.option(Config.Redacted("OPENAI_API_KEY"))
    if (Option.isNone(key)) return yield* Console.error("OPENAI_API_KEY is not set: not measured with real vectors.")
    const model = yield* Config.String("EMBED_MODEL").pipe(Config.withDefault("text-embedding-3-small"))
    const url = yield* Config.URL("OPENAI_API_URL").pipe(Config.withDefault(new URL("https://api.openai.com/v1")))
    const provider = EmbedderOpenAI({
      url,
      apiKey: key.value,
      model: { model, version: "1", dimensions },
      timeout: "60 seconds"
    })
    yield* Effect.flatMap(Embedder, ({ embed }) => report(model, inRequests(embed))).pipe(Effect.provide(provider))
  })
)

const perRequest = 64

const inRequests = (embed: Embedder["Service"]["embed"]) => (texts: ReadonlyArray<string>) => {
  const requests = Array.from(
    { length: Math.ceil(texts.length / perRequest) },
    (_, index) => texts.slice(index * perRequest, (index + 1) * perRequest)
  )
  return Effect.map(Effect.forEach(requests, embed), (answers) => answers.flatMap(({ vectors }) => vectors))
}
