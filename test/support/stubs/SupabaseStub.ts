/**
 * Supabase Storage in memory, with the observed statuses and bodies of version 1.70.6: HTTP 400 for nearly every error, the
 * real status and a code in the body, a real 404 only for an unknown route.
 */
import { Effect, type Scope } from "effect"
import { createHash, randomUUID } from "node:crypto"
import { serveStub, type StubBehaviour, type StubEvents, type StubRequest } from "./HttpStub.ts"

export interface SupabaseStub {
  readonly url: URL
  readonly requests: ReadonlyArray<StubRequest>
  /** By bucket, then by key. */
  readonly buckets: Map<string, StubBucket>
  /** Of the whole service, as it announces it. */
  maxBytes?: number
  /** How far the stub's clock is ahead, in milliseconds. */
  ahead: number
  /** Overrides the routes while it returns something. */
  intercept: (request: StubRequest) => StubBehaviour | undefined
  /** Asked after each part of a body: false stops in its middle. */
  readsOn: NonNullable<StubEvents["readsOn"]>
}

export interface StubBucket {
  readonly public: boolean
  readonly objects: Map<string, Buffer>
  readonly file_size_limit?: number
  readonly allowed_mime_types?: ReadonlyArray<string>
}

/** Behind a gateway the routes have a prefix; the bare container has none. */
export const serveSupabase = (
  { key, prefix }: { readonly key: string; readonly prefix: "" | "/storage/v1" }
): Effect.Effect<SupabaseStub, never, Scope.Scope> =>
  Effect.gen(function*() {
    const requests: Array<StubRequest> = []
    const buckets: SupabaseStub["buckets"] = new Map()
    const url = yield* serveStub((request) => {
      requests.push(request)
      const reply = stub.intercept(request)
      if (reply !== undefined) return reply
      const path = request.url.pathname
      if (request.method === "OPTIONS" && path === `${prefix}/upload/resumable`) {
        return { status: 204, headers: stub.maxBytes === undefined ? {} : { "tus-max-size": String(stub.maxBytes) } }
      }
      if (!/^\/(bucket|object)(\/|$)/.test(path.slice(prefix.length)) || !path.startsWith(prefix)) {
        const message = `Route ${request.method}:${path} not found`
        return { status: 404, body: { message, error: "Not Found", statusCode: 404 } }
      }
      const token = request.url.searchParams.get("token")
      if (request.method === "PUT" && token !== null) {
        return putSigned(request, path.slice(prefix.length), token, buckets)
      }
      const [, bucket = "", ...names] = path.slice(prefix.length).replace(/^\/object\/(?:public|sign)/, "").split("/")
      if (path.startsWith(`${prefix}/object/public/`)) {
        const open = buckets.get(bucket)
        const object = open?.public === true ? open.objects.get(names.join("/")) : undefined
        return object === undefined ? noObject : { status: 200, body: object }
      }
      if (request.method === "GET" && token !== null) {
        const until = downloads.get(token)
        return until === undefined || until.path !== [bucket, ...names].join("/") || Date.now() + stub.ahead > until.at
          ? refusal("400", "InvalidJWT", "\"exp\" claim timestamp check failed")
          : { status: 200, body: buckets.get(bucket)?.objects.get(names.join("/")) }
      }
      const { authorization } = request.headers
      if (authorization === undefined) {
        return refusal("400", "InvalidRequest", "headers must have required property 'authorization'")
      }
      if (authorization !== `Bearer ${key}`) return refusal("403", "AccessDenied", "Invalid Compact JWS")
      return route(request, path.slice(prefix.length).split("/").slice(1), buckets)
    }, { readsOn: (request) => stub.readsOn(request) })
    const stub: SupabaseStub = {
      url,
      requests,
      buckets,
      ahead: 0,
      intercept: () => undefined,
      readsOn: () => true
    }
    return stub
  })

export const refusal = (statusCode: string, code: string, message: string): StubBehaviour => ({
  status: 400,
  body: { statusCode, error: code, message, code }
})
const noObject = refusal("404", "NoSuchKey", "Object not found")
const noBucket = refusal("404", "NoSuchBucket", "Bucket not found")
const taken = (code: string) => refusal("409", code, "The resource already exists")
const ok = (body: unknown): StubBehaviour => ({ status: 200, body })

const route = (
  { body, headers, method }: StubRequest,
  [kind, ...rest]: ReadonlyArray<string>,
  buckets: SupabaseStub["buckets"]
): StubBehaviour => {
  if (kind === "bucket") {
    if (method === "POST") {
      const { id, public: isPublic } = JSON.parse(body.toString())
      if (buckets.has(id)) return taken("BucketAlreadyExists")
      buckets.set(id, { public: isPublic, objects: new Map() })
      return ok({ name: id })
    }
    const bucket = buckets.get(rest[0] ?? "")
    if (bucket === undefined) return noBucket
    const { objects: _, ...properties } = bucket
    return ok({ id: rest[0], name: rest[0], ...properties })
  }
  if (method === "POST" && rest[0] === "upload" && rest[1] === "sign") return signUpload(rest.slice(2), buckets)
  if (method === "POST" && rest[0] === "sign") {
    const token = randomUUID()
    const path = rest.slice(1).join("/")
    downloads.set(token, { path, at: Date.now() + JSON.parse(body.toString()).expiresIn * 1_000 })
    return ok({ signedURL: `/object/sign/${path}?token=${token}` })
  }
  if (method === "POST" && rest[0] === "list-v2") {
    return list(JSON.parse(body.toString()), buckets.get(rest[1] ?? "")?.objects)
  }

  const info = rest[0] === "info"
  const [id = "", ...segments] = info ? rest.slice(1) : rest
  const key = segments.join("/")
  const objects = buckets.get(id)?.objects
  if (objects === undefined) return noBucket
  if (method === "DELETE") {
    const { prefixes } = JSON.parse(body.toString())
    return ok(prefixes.filter((name: string) => objects.delete(name)).map((name: string) => ({ name })))
  }
  if (method === "POST") {
    if (!/^[\w\-./!*'() &$@=;:+,?]+$/.test(key)) return refusal("400", "InvalidKey", `Invalid key: ${key}`)
    if (objects.has(key) && headers["x-upsert"] !== "true") return taken("KeyAlreadyExists")
    objects.set(key, body)
    return ok({ Key: `${id}/${key}`, Id: key })
  }
  const object = objects.get(key)
  if (object === undefined) return noObject
  if (info) {
    return ok({ id: key, name: key, bucket_id: id, size: object.length, content_type: "application/octet-stream" })
  }
  const etag = `"${createHash("md5").update(object).digest("hex")}"`
  return { status: 200, headers: { etag, "accept-ranges": "bytes", "x-robots-tag": "none" }, body: object }
}

/** The tokens that were given out, each with what it is for. */
const grants = new Map<string, string>()
const downloads = new Map<string, { readonly path: string; readonly at: number }>()

const signUpload = (place: ReadonlyArray<string>, buckets: SupabaseStub["buckets"]): StubBehaviour => {
  const objects = buckets.get(place[0] ?? "")?.objects
  if (objects === undefined) return noBucket
  if (objects.has(place.slice(1).join("/"))) return taken("KeyAlreadyExists")
  const claims = { url: place.join("/"), upsert: false, scope: "upload", exp: Math.floor(Date.now() / 1000) + 7200 }
  const token = `${randomUUID()}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.signed`
  grants.set(token, place.join("/"))
  return ok({ url: `/object/upload/sign/${place.join("/")}?token=${token}`, token })
}

/** Takes no other credential, and does not replace. */
const putSigned = (
  { body }: StubRequest,
  path: string,
  token: string,
  buckets: SupabaseStub["buckets"]
): StubBehaviour => {
  const [root = "", ...segments] = path.split("/").slice(4)
  const granted = grants.get(token)
  if (granted === undefined) return refusal("400", "InvalidJWT", "invalid signature")
  if (granted !== [root, ...segments].join("/")) return refusal("400", "InvalidSignature", "Invalid signature")
  const objects = buckets.get(root)?.objects
  if (objects === undefined) return noBucket
  if (objects.has(segments.join("/"))) return taken("KeyAlreadyExists")
  objects.set(segments.join("/"), body)
  return ok({ Key: granted })
}

interface Listing {
  readonly prefix: string
  readonly limit: number
  readonly cursor?: string
}

/** In the order of their names; a cursor is the last name of the page before. */
const list = ({ cursor = "", limit, prefix }: Listing, objects: Map<string, Buffer> | undefined): StubBehaviour => {
  if (objects === undefined) return noBucket
  const names = [...objects.keys()].filter((name) => name.startsWith(prefix) && name > cursor).sort()
  const page = names.slice(0, limit)
  const created_at = new Date(Date.now()).toISOString()
  return ok({
    hasNext: names.length > page.length,
    ...(names.length > page.length ? { nextCursor: page.at(-1) } : {}),
    folders: [],
    objects: page.map((name) => ({
      id: name,
      key: name,
      name,
      created_at,
      updated_at: created_at,
      metadata: { size: objects.get(name)?.length ?? 0 }
    }))
  })
}
