/** The mocks' control routes, for manual tests: inspect and reset. */
import { Effect } from "effect"
import { Flag } from "effect/cli"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
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
  function*(name: string, base: URL, method: "GET" | "POST", path: string) {
    const url = new URL(path, base.origin)
    return yield* HttpClient.execute(HttpClientRequest.make(method)(url)).pipe(
      Effect.flatMap(HttpClientResponse.filterStatusOk),
      Effect.flatMap((response) => response.json),
      Effect.timeout("5 seconds"),
      Effect.mapError(() =>
        failure(
          "failed",
          "MOCK_UNREACHABLE",
          `The ${name} mock does not answer at ${url.href}.`,
          `Start it with \`pnpm start\` or \`pnpm mock:${name}\`, or pass its address with --${name}-url.`
        )
      )
    )
  }
)
