import { NodeHttpClient } from "@effect/platform-node"
import { Duration, Effect, Layer, Redacted } from "effect"
import { DocumentParserLlamaParse } from "../../layers/DocumentParser/LlamaParse.ts"
import { DocumentParserLocal } from "../../layers/DocumentParser/Local.ts"
import { serve } from "../../src/mocks/llamaparse/MockLlamaParse.ts"
import { freePort, serverUrl } from "../mocks/serverUrl.ts"
import { serveLlamaParse } from "../support/stubs/LlamaParseStub.ts"
import { DocumentParserMemory } from "../twins/DocumentParserMemory.ts"
import { documentParserContract } from "./DocumentParser.ts"

const llamaParse = (url: URL) =>
  DocumentParserLlamaParse({
    url,
    apiKey: Redacted.make("llx-test"),
    tier: "cost_effective",
    version: "latest",
    callTimeout: "30 seconds",
    uploadTimeout: "5 minutes"
  })

const overStub = Layer.unwrap(Effect.map(serveLlamaParse, ({ url }) => llamaParse(url)))

const mock = serve({
  delay: Duration.zero,
  failureRate: 0,
  content: "document",
  seed: 1,
  allowLoopbackCallbacks: true
}).pipe(Layer.provide(DocumentParserMemory), Layer.provideMerge(freePort))
const overMock = Layer.unwrap(Effect.map(serverUrl, (url) => llamaParse(new URL(url)))).pipe(Layer.provide(mock))

documentParserContract("Memory", DocumentParserMemory)
documentParserContract("Local", DocumentParserLocal())
documentParserContract("LlamaParse over a stub", overStub.pipe(Layer.provide(NodeHttpClient.layerUndici)))
documentParserContract("LlamaParse over the mock", overMock.pipe(Layer.provide(NodeHttpClient.layerUndici)))
