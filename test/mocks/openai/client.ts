/** The vendor's own client, against the mock. */
import { Duration, Effect } from "effect"
import OpenAI, { APIError } from "openai"
import { assert } from "vitest"
import { serverUrl } from "../serverUrl.ts"

export const clientWith = (apiKey: string) =>
  Effect.map(serverUrl, (url) => new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: 0, logLevel: "off" }))

export const model = "text-embedding-3-small"

export const call = <A>(run: (openai: OpenAI) => Promise<A>) =>
  Effect.flatMap(clientWith("sk-test"), (openai) => Effect.promise(() => run(openai)))

export const failure = (run: (openai: OpenAI) => Promise<unknown>, apiKey = "sk-test") =>
  Effect.flatMap(
    clientWith(apiKey),
    (openai) => Effect.promise(() => run(openai).then(() => assert.fail("it was answered"), (error: unknown) => error))
  )

export const apiFailure = (run: (openai: OpenAI) => Promise<unknown>) =>
  Effect.map(failure(run), (error) => {
    assert.instanceOf(error, APIError)
    return error
  })

export const embed = (input: string | Array<string>) => (openai: OpenAI) => openai.embeddings.create({ model, input })

export const norm = (vector: ReadonlyArray<number>) => Math.hypot(...vector)

export const options = { delay: Duration.zero, failureRate: 0, vectors: "lexical" } as const
