/** The mock providers on their ports, for `mock-llamaparse`, `mock-openai` and `start`. */
import { Duration, Effect, FileSystem, Layer } from "effect"
import { DocumentParserLocal } from "../../layers/DocumentParser/Local.ts"
import { IdsRandom } from "../../layers/Ids/Random.ts"
import * as MockLlamaParse from "../mocks/llamaparse/MockLlamaParse.ts"
import * as MockOpenAI from "../mocks/openai/MockOpenAI.ts"
import { parseScenario } from "../mocks/scenarios/parseScenario.ts"
import { Settings } from "../settings/Settings.ts"
import { listen } from "./listen.ts"

const scenario = Effect.gen(function*() {
  const { mockScenario } = yield* Settings
  if (mockScenario === undefined) return {}
  const fs = yield* FileSystem.FileSystem
  return { scenario: yield* parseScenario(yield* fs.readFileString(mockScenario)) }
})

/** Uses the local parser, unless its content is synthetic. */
export const MockLlamaParseLive = Layer.unwrap(Effect.gen(function*() {
  const { host, mockLlamaParse, ocrLanguages, ports } = yield* Settings
  return MockLlamaParse.serve({
    delay: Duration.seconds(mockLlamaParse.delaySeconds),
    failureRate: mockLlamaParse.failureRate,
    content: mockLlamaParse.content,
    seed: 1,
    allowLoopbackCallbacks: true,
    ...(yield* scenario)
  }).pipe(
    Layer.provide(DocumentParserLocal({ languages: ocrLanguages }).pipe(Layer.provide(IdsRandom))),
    Layer.provide(listen({ host, port: ports.mockLlamaParse, setting: "MOCK_LLAMAPARSE_PORT" }))
  )
}))

export const MockOpenAILive = Layer.unwrap(Effect.gen(function*() {
  const { host, mockOpenAI, ports } = yield* Settings
  return MockOpenAI.serve({
    delay: Duration.seconds(mockOpenAI.delaySeconds),
    failureRate: mockOpenAI.failureRate,
    vectors: mockOpenAI.vectors,
    ...(mockOpenAI.rateLimit === undefined
      ? {}
      : { rateLimit: { requestsPerMinute: mockOpenAI.rateLimit, tokensPerMinute: 1_000_000 } }),
    ...(yield* scenario)
  }).pipe(Layer.provide(listen({ host, port: ports.mockOpenAI, setting: "MOCK_OPENAI_PORT" })))
}))
