/** The mocks' control routes, for manual tests: inspect, play a scenario, reset. */
import { Effect, Schema } from "effect"
import { Flag } from "effect/cli"
import { HttpClient, HttpClientRequest } from "effect/http"
import { HttpUrl } from "../../settings/Setting.ts"
import { type AddressName, addressOf, usualAddress } from "../../settings/table.ts"
import { failure } from "../CommandFailure.ts"

const address = (flag: string, variable: AddressName) =>
  Flag.String(flag).pipe(
    Flag.withDescription(`The mock's address (${variable}; ${usualAddress(variable)})`),
    Flag.withSchema(HttpUrl),
    Flag.withFallbackConfig(addressOf(variable, "local"))
  )

export const mockFlags = {
  llamaparse: address("llamaparse-url", "LLAMAPARSE_API_URL"),
  openai: address("openai-url", "OPENAI_API_URL")
}

export const isLocal = (url: URL): boolean => ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname)

/** A mock's raw answer. The control routes are next to the vendor's routes, which may be under `/v1`. */
export const askMock = Effect.fn("cli.askMock")(
  function*(name: string, base: URL, method: "GET" | "POST" | "PUT" | "DELETE", path: string, body = "") {
    const url = new URL(path, base.origin)
    const request = HttpClientRequest.make(method)(url)
    const response = yield* HttpClient.execute(
      body === "" ? request : HttpClientRequest.bodyText(request, body, "application/yaml")
    ).pipe(
      Effect.timeout("5 seconds"),
      Effect.mapError(() => unreachable(name, url))
    )
    const answer = yield* Effect.mapError(response.json, () => unreachable(name, url))
    if (response.status === 400) return yield* refused(answer)
    return response.status === 200 ? answer : yield* unreachable(name, url)
  }
)

const unreachable = (name: string, url: URL) =>
  failure(
    "failed",
    "MOCK_UNREACHABLE",
    `The ${name} mock does not answer at ${url.href}.`,
    `Start it with \`pnpm start\` or \`pnpm mock:${name}\`, or pass its address with --${name}-url.`
  )

const readRefusal = Schema.decodeUnknownEffect(Schema.Struct({ error: Schema.String }))

const refused = (answer: Schema.Json) =>
  readRefusal(answer).pipe(
    Effect.match({
      onFailure: () => failure("failed", "MOCK_REFUSED", "The mock refused the request.", ""),
      onSuccess: ({ error }) =>
        failure("usage", "BAD_SCENARIO", error, "docs/mocks.md lists the steps and their fields.")
    }),
    Effect.flatMap(Effect.fail)
  )
