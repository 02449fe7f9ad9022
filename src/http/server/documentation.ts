/**
 * The OpenAPI document and the page that shows it. Both are rendered and compressed once and have an ETag, so repeat
 * requests get a short 304. They need no credential, so the number of concurrent responses is limited.
 */
import { Effect, Layer, Stream } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerRespondable, HttpServerResponse } from "effect/http"
import { HttpApiScalar, OpenApi } from "effect/http-api"
import { promisify } from "node:util"
import { brotliCompress, constants, gzip } from "node:zlib"
import { Api } from "../../api/Api.ts"
import { sha256 } from "../../domain/hash.ts"
import { pagePolicy } from "../../policy/securityHeaders.ts"
import { AtOnce } from "./AtOnce.ts"
import { setRetryAfter } from "./setHeader.ts"

const packings = ["br", "gzip"] as const
type Packing = (typeof packings)[number]

interface Page {
  readonly type: string
  readonly tag: string
  readonly plain: Uint8Array
  readonly packed: Readonly<Record<Packing, Uint8Array>>
}

const pack = {
  // Higher qualities take seconds for a few percent.
  br: (bytes: Uint8Array) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }),
  gzip: (bytes: Uint8Array) => promisify(gzip)(bytes)
}

const makePage = Effect.fnUntraced(function*(type: string, plain: Uint8Array) {
  const [br, gz] = yield* Effect.promise(() => Promise.all([pack.br(plain), pack.gzip(plain)]))
  const page: Page = { type, tag: sha256(plain).slice(0, 32), plain, packed: { br, gzip: gz } }
  return page
})

/** Scalar's page is only available as a route, so it is requested once from a private router. */
const scalarPage = Effect.gen(function*() {
  const router = yield* HttpRouter.HttpRouter
  const request = HttpServerRequest.fromWeb(new Request("http://localhost/docs"))
  const response = yield* Effect.scoped(router.asHttpEffect()).pipe(
    Effect.provideService(HttpServerRequest.HttpServerRequest, request),
    // The router has one route, which reads nothing: it cannot fail.
    Effect.catch((cause) => Effect.die(new Error("Scalar's page cannot be rendered.", { cause })))
  )
  return response.body._tag === "Uint8Array"
    ? response.body.body
    : yield* Effect.die(new Error(`Scalar's page is sent as ${response.body._tag}, not as bytes.`))
}).pipe(
  Effect.provide(
    Layer.fresh(
      HttpApiScalar.layer(Api, { path: "/docs", scalar: { withDefaultFonts: false } }).pipe(
        Layer.provideMerge(HttpRouter.layer)
      )
    )
  )
)

const described = Effect.sync(() => new TextEncoder().encode(JSON.stringify(OpenApi.fromApi(Api))))

/** By the first request; for every server of the process. */
const [page, description] = Effect.runSync(Effect.all([
  Effect.cached(Effect.flatMap(scalarPage, (bytes) => makePage("text/html; charset=utf-8", bytes))),
  Effect.cached(Effect.flatMap(described, (bytes) => makePage("application/json", bytes)))
]))

export const documentation = HttpRouter.use(Effect.fnUntraced(function*(router) {
  const atOnce = yield* AtOnce

  const answer = (made: Effect.Effect<Page>, headers: Readonly<Record<string, string>> = {}) =>
    Effect.gen(function*() {
      const request = yield* HttpServerRequest.HttpServerRequest
      const { packed, plain, tag, type } = yield* made
      const packing = packings.find((each) => accepts(request.headers["accept-encoding"] ?? "", each))
      const etag = `"${tag}${packing === undefined ? "" : `-${packing}`}"`
      const all = { ...headers, etag, "cache-control": "public, max-age=3600", vary: "accept-encoding" }
      if (knows(request.headers["if-none-match"] ?? "", tag)) {
        return HttpServerResponse.empty({ status: 304, headers: all })
      }
      yield* atOnce.hold("page")
      const bytes = packing === undefined ? plain : packed[packing]
      return HttpServerResponse.stream(inPieces(bytes), {
        contentType: type,
        contentLength: bytes.length,
        headers: packing === undefined ? all : { ...all, "content-encoding": packing }
      })
    }).pipe(Effect.tapError(setRetryAfter), Effect.catch(HttpServerRespondable.toResponse))

  yield* router.add("GET", "/docs", answer(page, { "content-security-policy": pagePolicy }))
  yield* router.add("GET", "/openapi.json", answer(description))
}))

/**
 * With a pause between chunks in which other requests are served, so that a flood of page requests does not become a flood
 * of bytes.
 */
const inPieces = (bytes: Uint8Array): Stream.Stream<Uint8Array> =>
  Stream.fromIterable(pieces(bytes)).pipe(
    Stream.mapEffect((piece, index) => Effect.delay(Effect.succeed(piece), index === 0 ? 0 : pause))
  )

const pieces = function*(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}
const pieceBytes = 65_536
const pause = "5 millis"

/** Unless its weight is zero. */
const accepts = (header: string, packing: Packing): boolean =>
  header.split(",").some((each) => {
    const [name, weight = ""] = each.split(";").map((part) => part.trim().toLowerCase())
    return name === packing && !/^q=0(\.0*)?$/.test(weight)
  })

/** In any encoding: it is the same page. */
const knows = (header: string, tag: string): boolean => header === "*" || header.includes(`"${tag}`)
