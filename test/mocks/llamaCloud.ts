/** The mock LlamaParse on a free port, and LlamaCloud's own SDK to drive it. */
import LlamaCloud, { APIError } from "@llamaindex/llama-cloud"
import { Duration, Effect, Layer, Option, Stream } from "effect"
import { assert } from "vitest"
import { DocumentParser } from "../../services/DocumentParser.ts"
import { PermanentError } from "../../src/domain/ServiceError.ts"
import type { MockLlamaParseOptions } from "../../src/mocks/llamaparse/Account.ts"
import { serve } from "../../src/mocks/llamaparse/MockLlamaParse.ts"
import { freePort, serverUrl } from "./serverUrl.ts"

export const clientWith = (apiKey: string) =>
  Effect.map(serverUrl, (url) => new LlamaCloud({ apiKey, baseURL: url, maxRetries: 0, logLevel: "off" }))

export const call = <A>(run: (llama: LlamaCloud) => Promise<A>) =>
  Effect.flatMap(clientWith("llx-test"), (llama) => Effect.promise(() => run(llama)))

export const failure = (run: (llama: LlamaCloud) => Promise<unknown>, apiKey = "llx-test") =>
  Effect.flatMap(
    clientWith(apiKey),
    (llama) => Effect.promise(() => run(llama).then(() => assert.fail("it was answered"), (error: unknown) => error))
  )

export const apiFailure = (run: (llama: LlamaCloud) => Promise<unknown>) =>
  Effect.map(failure(run), (error) => {
    assert.instanceOf(error, APIError)
    return error
  })

/** Pages cut by form feeds; a file named `locked.pdf` is protected. */
const parser = Layer.succeed(DocumentParser, {
  name: "test",
  immediate: true,
  submit: () => Effect.succeed("1"),
  result: (_, { content, filename }) =>
    filename === "locked.pdf"
      ? Effect.fail(new PermanentError({ code: "ENCRYPTED", message: "It needs a password." }))
      : Stream.mkString(Stream.decodeText(content)).pipe(Effect.map((text) =>
        Option.some({
          markdown: text.split("\f").map((page, index) => `<!-- page ${index + 1} -->\n\n${page}`).join("\n\n"),
          pages: 1
        })
      )),
  cancel: () => Effect.void,
  probe: Effect.void,
  parsesOf: () => Effect.succeed([]),
  forget: () => Effect.void
})

const options = { delay: Duration.zero, failureRate: 0, seed: 1, allowLoopbackCallbacks: true } as const
export const mock = (content: "document" | "synthetic", more: Partial<MockLlamaParseOptions> = {}) =>
  Layer.provideMerge(serve({ ...options, content, ...more }).pipe(Layer.provide(parser)), freePort)

export const config = { tier: "cost_effective", version: "latest" } as const
export const poll = { pollingInterval: 0.005, backoff: "constant" } as const
export const file = (name = "policy.pdf", text = "# Cover\n\nWater.\f# Limits\n\n| a | b |\n|---|---|\n| 1 | 2 |") =>
  new File([text], name)

export const parse = (upload_file: File, more: object = {}) => (llama: LlamaCloud) =>
  llama.parsing.parse({ ...config, upload_file, expand: ["markdown", "markdown_full"], ...more }, poll)
