/** Requests through proxies, and the addresses that are recorded of their callers. */
import { Effect, Result, Tracer } from "effect"
import { parseNetworks } from "../../../src/domain/TrustedProxies.ts"
import { TestApi } from "../../support/harness/TestApi.ts"

export const loopback = { networks: Result.getOrThrow(parseNetworks("127.0.0.1")), header: "x-forwarded-for" as const }
export const elsewhere = {
  networks: Result.getOrThrow(parseNetworks("10.0.0.0/8")),
  header: "x-forwarded-for" as const
}

/** A request with a credential, and a forwarding header where there is a proxy. */
export const asking = Effect.map(
  TestApi,
  ({ request }) => (credential: string, forwardedFor?: string) =>
    request("/api/v1/jobs", {
      headers: {
        authorization: `Bearer ${credential}`,
        ...forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor }
      }
    })
)

/** Collects the attributes of server spans when they end. */
export const recording = (spans: Array<Record<string, unknown>>) =>
  Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      if (options.kind === "server") {
        const end = span.end.bind(span)
        span.end = (endTime, exit) => {
          spans.push(Object.fromEntries(span.attributes))
          end(endTime, exit)
        }
      }
      return span
    }
  })
