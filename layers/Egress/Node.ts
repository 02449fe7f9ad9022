/**
 * Calls with Node's own client, each over its own connection. A name is resolved once, every address is checked, and the
 * connection uses exactly these addresses, so DNS rebinding gains nothing.
 */
import { Duration, Effect, Layer } from "effect"
import type { LookupAddress } from "node:dns"
import { lookup } from "node:dns/promises"
import { request as httpRequest } from "node:http"
import { request as httpsRequest } from "node:https"
import { isIP, type LookupFunction } from "node:net"
import { type AttributeName, spanAttributes } from "../../otel/names/attributes.ts"
import { traceHeaders } from "../../otel/traceContext.ts"
import { Egress, type EgressAnswer, EgressFailed, EgressRefused, type EgressRequest } from "../../services/Egress.ts"
import { admitUrl, type UrlRules } from "./admitUrl.ts"
import { forbiddenRange } from "./publicAddress.ts"

export type Resolve = (hostname: string) => Promise<ReadonlyArray<LookupAddress>>

export interface EgressOptions extends UrlRules {
  /** From name resolution to the response status, including redirects. */
  readonly timeout: Duration.Input
  readonly resolve: Resolve
}

export const resolveBySystem: Resolve = (hostname) => lookup(hostname, { all: true })

const maxRedirects = 3
/** These keep the method and the body; other redirects would change the call. */
const redirects: ReadonlySet<number> = new Set([307, 308])

export const EgressNode = (options: EgressOptions): Layer.Layer<Egress> => {
  const resolve = Effect.fn("Egress.resolve")(function*(url: URL) {
    const host = url.hostname.replace(/^\[(.*)\]$/, "$1")
    const family = isIP(host)
    const addresses = family === 0
      ? yield* Effect.tryPromise({
        try: () => options.resolve(host),
        catch: () => new EgressFailed({ message: `The name ${host} cannot be resolved.` })
      })
      : [{ address: host, family }]
    if (addresses.length === 0) return yield* new EgressFailed({ message: `The name ${host} has no address.` })
    for (const { address } of addresses) {
      const range = forbiddenRange(address, options.allowPrivate)
      if (range !== undefined) {
        return yield* new EgressRefused({
          message: family === 0
            ? `The name ${host} resolves to an address that is not public.`
            : `The address ${host} is not public (${range}).`
        })
      }
    }
    return addresses
  })

  const inTime = Effect.timeoutOrElse({
    duration: options.timeout,
    orElse: () =>
      Effect.fail(
        new EgressFailed({
          message: `No response within ${Duration.format(Duration.fromInputUnsafe(options.timeout))}.`
        })
      )
  })

  return Layer.succeed(Egress, {
    check: Effect.fn("Egress.check")(function*(url) {
      const admitted = yield* admitUrl(url, options)
      yield* resolve(admitted)
      return admitted.href
    }, inTime),
    post: Effect.fn("Egress.post")(function*(request) {
      let url = yield* admitUrl(request.url, options)
      for (let followed = 0; followed <= maxRedirects; followed++) {
        const { location, retryAfter, status } = yield* traced(url, request, yield* resolve(url))
        const next = redirects.has(status) && location !== undefined ? URL.parse(location, url.href) : null
        if (next === null) return { status, retryAfter }
        url = yield* admitUrl(next.href, options)
      }
      return yield* new EgressFailed({ message: `More than ${maxRedirects} redirects.` })
    }, inTime)
  })
}

interface Answer extends EgressAnswer {
  readonly location: string | undefined
}

/** Paths and queries of such addresses may be secrets: the span has the host alone. */
const traced = (url: URL, request: EgressRequest, addresses: ReadonlyArray<LookupAddress>) =>
  Effect.useSpan("POST", {
    kind: "client",
    attributes: spanAttributes({
      "http.request.method": "POST",
      "url.scheme": url.protocol.slice(0, -1),
      "server.address": url.hostname,
      "server.port": Number(url.port) || (url.protocol === "https:" ? 443 : 80)
    })
  }, (span) =>
    Effect.tap(
      send(url, addresses, { ...request, headers: { ...request.headers, ...traceHeaders(span) } }),
      ({ status }) =>
        Effect.sync(() => {
          span.attribute("http.response.status_code" satisfies AttributeName, status)
          if (status >= 400) span.attribute("error.type" satisfies AttributeName, String(status))
        })
    ))

/** A response body could be endless: the connection is closed after the headers, which Node limits to 16 KB. */
const send = (
  url: URL,
  addresses: ReadonlyArray<LookupAddress>,
  { body, headers }: EgressRequest
): Effect.Effect<Answer, EgressFailed> =>
  Effect.callback((resume) => {
    const start = url.protocol === "https:" ? httpsRequest : httpRequest
    const call = start(url, {
      method: "POST",
      headers: { ...headers, "content-length": Buffer.byteLength(body) },
      agent: false,
      lookup: pinned(addresses)
    })
    call.once("response", (response) => {
      const { location, "retry-after": retryAfter } = response.headers
      resume(Effect.succeed({ status: response.statusCode ?? 0, location, retryAfter }))
      call.destroy()
    })
    call.on("error", (error) => {
      const code = "code" in error && typeof error.code === "string" ? error.code : error.name
      resume(Effect.fail(new EgressFailed({ message: `The call to ${url.host} failed (${code}).` })))
    })
    call.end(body)
    return Effect.sync(() => call.destroy())
  })

const pinned = (addresses: ReadonlyArray<LookupAddress>): LookupFunction => (_, options, callback) => {
  const [first] = addresses
  if (options.all === true) return callback(null, [...addresses])
  callback(null, first?.address ?? "", first?.family ?? 4)
}
