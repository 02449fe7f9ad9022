/** The calls of Supabase Storage that we need, without retries, with a deadline and the service role's key. */
import { Clock, Duration, Effect, Option, Redacted, Schema, Stream } from "effect"
import { Headers, HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"
import { redact } from "../../../src/domain/redact.ts"
import { withoutFinalSlashes } from "../withoutFinalSlashes.ts"
import { sendInTime } from "./sendInTime.ts"
import { connectionFault, faultOf, type StorageFault, timeoutFault, unreadableFault } from "./StorageFault.ts"

export interface StorageApiOptions {
  /** The project's address, where the storage is behind `/storage/v1`, or the storage service's own. */
  readonly url: URL
  /** Where clients reach it, if elsewhere. */
  readonly publicUrl?: URL | undefined
  readonly serviceRoleKey: Redacted.Redacted
  /** Deadline for the start of a response, and for each further part of a download. */
  readonly callTimeout: Duration.Input
}

export interface Place {
  /** The bucket. */
  readonly root: string
  readonly key: string
}

export const storageApi = (options: StorageApiOptions) =>
  Effect.gen(function*() {
    const key = Redacted.value(options.serviceRoleKey)
    const client = (yield* HttpClient.HttpClient).pipe(
      HttpClient.mapRequest((request) =>
        request.pipe(
          HttpClientRequest.bearerToken(options.serviceRoleKey),
          // Read by the hosted gateway.
          HttpClientRequest.setHeader("apikey", key)
        )
      ),
      HttpClient.transform(Effect.provideService(Headers.CurrentRedactedNames, ["authorization", "apikey"]))
    )
    const timed = Effect.timeoutOrElse({
      duration: options.callTimeout,
      orElse: () => Effect.fail(timeoutFault())
    })

    const start = (request: HttpClientRequest.HttpClientRequest) =>
      Effect.mapError(client.execute(request), connectionFault).pipe(
        Effect.flatMap((response) =>
          isOk(response)
            ? Effect.succeed(response)
            : Effect.flatMap(
              text(response),
              (body) => Effect.fail(faultOf(response.status, redact(body.slice(0, longestRefusal), [key])))
            )
        )
      )
    const json = <A>(
      request: HttpClientRequest.HttpClientRequest,
      decode: (body: string) => Effect.Effect<A, Schema.SchemaError>
    ) =>
      start(request).pipe(
        Effect.flatMap(text),
        timed,
        Effect.flatMap((body) => Effect.mapError(decode(body), unreadableFault))
      )

    const createBucket = (base: string, bucket: string) =>
      json(
        HttpClientRequest.post(`${base}/bucket`).pipe(
          HttpClientRequest.bodyJsonUnsafe({ id: bucket, name: bucket, public: false })
        ),
        ignored
      ).pipe(Effect.catchIf((fault) => fault.isTaken, () => Effect.void))
    const bucket = (base: string, id: string) => json(HttpClientRequest.get(`${base}/bucket/${id}`), decodeBucket)

    /** The limit of the whole service, as its resumable uploads announce it; null if it has none or does not say. */
    const largest = (base: string) =>
      start(HttpClientRequest.options(`${base}/upload/resumable`)).pipe(
        Effect.map(({ headers }) => Option.getOrNull(decodeSize(headers["tus-max-size"]))),
        Effect.catchIf(({ status }) => status >= 400 && status < 500, () => Effect.succeed(null)),
        timed
      )

    /** Whether the service is behind the gateway's prefix is learned from the first bucket. */
    const locate = (bucket: string): Effect.Effect<string, StorageFault> => {
      const given = withoutFinalSlashes(options.url.href)
      const behind = `${given}${gateway}`
      return given.endsWith(gateway)
        ? Effect.succeed(given)
        : createBucket(behind, bucket).pipe(
          Effect.as(behind),
          Effect.catchIf((fault) => fault.status === 404 && fault.code === "", () => Effect.succeed(given))
        )
    }

    /** The prefix is the gateway's, inside and outside. */
    const publicBase = (base: string): string => {
      if (options.publicUrl === undefined) return base
      const given = withoutFinalSlashes(options.publicUrl.href)
      return base.endsWith(gateway) && !given.endsWith(gateway) ? `${given}${gateway}` : given
    }

    const object = ({ key, root }: Place) => `/object/${root}/${key}`
    return {
      locate,
      createBucket,
      bucket,
      largest,
      put: <E>(base: string, place: Place, content: Stream.Stream<Uint8Array, E>, mediaType: string) =>
        Effect.asVoid(
          sendInTime(content, options.callTimeout, (content) =>
            start(
              HttpClientRequest.post(`${base}${object(place)}`).pipe(
                HttpClientRequest.setHeader("x-upsert", "false"),
                HttpClientRequest.bodyStream(content, { contentType: mediaType })
              )
            ).pipe(Effect.flatMap(text)))
        ),
      get: (base: string, place: Place): Stream.Stream<Uint8Array, StorageFault> =>
        Stream.unwrap(
          start(HttpClientRequest.get(`${base}${object(place)}`)).pipe(
            timed,
            Effect.map((response) =>
              Stream.mapError(response.stream, connectionFault).pipe(Stream.timeoutOrElse({
                duration: options.callTimeout,
                orElse: () => Stream.fail(timeoutFault())
              }))
            )
          )
        ),
      size: (base: string, { key, root }: Place) =>
        Effect.map(json(HttpClientRequest.get(`${base}/object/info/${root}/${key}`), decodeInfo), ({ size }) => size),
      /** The bulk call: it skips missing objects. */
      remove: (base: string, bucket: string, keys: ReadonlyArray<string>) =>
        json(
          HttpClientRequest.delete(`${base}/object/${bucket}`).pipe(
            HttpClientRequest.bodyJsonUnsafe({ prefixes: keys })
          ),
          ignored
        ),
      list: (base: string, bucket: string) =>
        Stream.paginate(Option.none<string>(), (cursor) =>
          json(
            HttpClientRequest.post(`${base}/object/list-v2/${bucket}`).pipe(HttpClientRequest.bodyJsonUnsafe({
              prefix: "",
              limit: 1_000,
              with_delimiter: false,
              ...(Option.isSome(cursor) ? { cursor: cursor.value } : {})
            })),
            decodePage
          ).pipe(Effect.map((page) => {
            const listed = page.objects.map(({ created_at, key, metadata, name }) => ({
              key: key ?? name,
              bytes: metadata?.size ?? 0,
              storedAt: Date.parse(created_at)
            }))
            return [listed, page.hasNext ? Option.some(Option.fromNullishOr(page.nextCursor)) : Option.none()] as const
          }))),
      /** The address's lifetime is the service's own setting and is part of the token. */
      signUpload: Effect.fnUntraced(function*(base: string, place: Place) {
        const { token, url } = yield* json(
          HttpClientRequest.post(`${base}/object/upload/sign/${place.root}/${place.key}`),
          decodeSigned
        )
        const { exp } = yield* Effect.mapError(decodeClaims(claimsOf(token)), unreadableFault)
        const now = yield* Clock.currentTimeMillis
        return { url: new URL(`${publicBase(base)}${url}`), lasts: Duration.millis(Math.max(0, exp * 1000 - now)) }
      }),
      signDownload: (base: string, place: Place, seconds: number) =>
        Effect.map(
          json(
            HttpClientRequest.post(`${base}/object/sign/${place.root}/${place.key}`).pipe(
              HttpClientRequest.bodyJsonUnsafe({ expiresIn: seconds })
            ),
            decodeDownload
          ),
          ({ signedURL }) => new URL(`${base}${signedURL}`)
        )
    }
  })

const gateway = "/storage/v1"
/** Longer than any of the service's own messages. */
const longestRefusal = 10_000
const isOk = ({ status }: HttpClientResponse.HttpClientResponse) => status >= 200 && status < 300
const text = (response: HttpClientResponse.HttpClientResponse) => Effect.mapError(response.text, connectionFault)
const ignored = (_body: string) => Effect.void

const decodeBucket = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Struct({
  public: Schema.Boolean,
  file_size_limit: Schema.optionalKey(Schema.NullOr(Schema.Int)),
  allowed_mime_types: Schema.optionalKey(Schema.NullOr(Schema.Array(Schema.String)))
})))
const decodeSize = Schema.decodeUnknownOption(Schema.FiniteFromString.check(Schema.isInt(), Schema.isGreaterThan(0)))
const decodeDownload = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Struct({
  signedURL: Schema.String.check(Schema.isPattern(/^\/object\/sign\//))
})))
const decodeInfo = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Struct({ size: Schema.Int })))
const decodePage = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Struct({
  hasNext: Schema.Boolean,
  nextCursor: Schema.optionalKey(Schema.NullOr(Schema.String)),
  objects: Schema.Array(Schema.Struct({
    /** Newer versions; there `name` is the last part alone. */
    key: Schema.optionalKey(Schema.String),
    name: Schema.String,
    created_at: Schema.String,
    metadata: Schema.optionalKey(Schema.NullOr(Schema.Struct({ size: Schema.optionalKey(Schema.Int) })))
  }))
})))
/** Its path starts after the gateway's prefix. */
const decodeSigned = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Struct({
  url: Schema.String.check(Schema.isPattern(/^\/object\/upload\/sign\//)),
  token: Schema.String
})))
const claimsOf = (token: string): string => Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")
const decodeClaims = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Struct({ exp: Schema.Finite })))
