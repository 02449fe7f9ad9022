import { Duration, Effect, Layer, Redacted } from "effect"
import { EmbedderOpenAI } from "../../layers/Embedder/OpenAI.ts"
import { dimensions } from "../../src/domain/Vector.ts"
import { serve } from "../../src/mocks/openai/MockOpenAI.ts"
import { freePort, serverUrl } from "../mocks/serverUrl.ts"
import { EmbedderMemory } from "../twins/EmbedderMemory.ts"
import { embedderContract } from "./Embedder.ts"

const overMock = (vectors: "lexical" | "random") =>
  Layer.unwrap(Effect.map(serverUrl, (url) =>
    EmbedderOpenAI({
      url: new URL("/v1", url),
      apiKey: Redacted.make("sk-test"),
      model: { model: "text-embedding-3-small", version: "1", dimensions },
      timeout: "30 seconds"
    }))).pipe(Layer.provide(Layer.provideMerge(serve({ delay: Duration.zero, failureRate: 0, vectors }), freePort)))

embedderContract("Memory", EmbedderMemory({ model: "lexical", version: "1", dimensions }))
embedderContract("OpenAI over the mock, lexical", overMock("lexical"))
embedderContract("OpenAI over the mock, random", overMock("random"))
