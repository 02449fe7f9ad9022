import { NodeHttpClient } from "@effect/platform-node"
import { Effect, Layer, Redacted } from "effect"
import { DocumentParserLlamaParse } from "../../layers/DocumentParser/LlamaParse.ts"
import { DocumentParserLocal } from "../../layers/DocumentParser/Local.ts"
import { DocumentParserMemory } from "../../layers/DocumentParser/Memory.ts"
import { serveLlamaParse } from "../support/LlamaParseStub.ts"
import { documentParserContract } from "./DocumentParser.ts"

const overStub = Layer.unwrap(Effect.map(serveLlamaParse, ({ url }) =>
  DocumentParserLlamaParse({
    url,
    apiKey: Redacted.make("llx-test"),
    tier: "cost_effective",
    version: "latest",
    callTimeout: "30 seconds",
    uploadTimeout: "5 minutes"
  })))

documentParserContract("Memory", DocumentParserMemory)
documentParserContract("Local", DocumentParserLocal())
documentParserContract("LlamaParse over a stub", overStub.pipe(Layer.provide(NodeHttpClient.layerUndici)))
