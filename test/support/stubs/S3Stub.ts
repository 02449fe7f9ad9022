/** S3 in memory, with the statuses, codes and headers of Ceph 20.2.4, and with the vices of other servers. */
import { Effect, type Scope } from "effect"
import { createHash, randomUUID } from "node:crypto"
import { serveStub, type StubAnswer, type StubBehaviour, type StubEvents, type StubRequest } from "./HttpStub.ts"
import { type Keys, refusalOf } from "./s3/signature.ts"

export interface S3Stub {
  readonly url: URL
  readonly requests: Array<StubRequest>
  readonly objects: Map<string, StubObject>
  /** By upload id, the parts that have arrived. */
  readonly uploads: Map<string, { readonly key: string; readonly begunAt: number; readonly parts: Map<number, Buffer> }>
  bucketExists: boolean
  /** Requests must be signed with these. */
  keys: Keys
  /** How far the stub's clock is ahead, in milliseconds. */
  ahead: number
  /** What this server does wrong. */
  vices: {
    readonly replaces?: boolean
    readonly isPublic?: boolean
    readonly keepsVersions?: boolean
    readonly ignoresEncryption?: boolean
    readonly ignoresChecksums?: boolean
  }
  /** How many keys a page of a listing has. */
  pageSize: number
  /** Overrides the routes while it returns something. */
  intercept: (request: StubRequest) => StubBehaviour | undefined
  /** Asked after each part of a body: false stops in its middle. */
  readsOn: NonNullable<StubEvents["readsOn"]>
}

interface StubObject {
  readonly bytes: Buffer
  readonly storedAt: number
}

export const bucket = "accessa-test"
export const keys: Keys = { accessKeyId: "stubaccesskey", secretAccessKey: "stubsecretkey" }

export const serveS3 = (): Effect.Effect<S3Stub, never, Scope.Scope> =>
  Effect.gen(function*() {
    const url = yield* serveStub((request) => {
      stub.requests.push(request)
      return stub.intercept(request) ?? route(stub, request)
    }, { readsOn: (request) => stub.readsOn(request) })
    const stub: S3Stub = {
      url,
      requests: [],
      objects: new Map(),
      uploads: new Map(),
      bucketExists: true,
      keys,
      ahead: 0,
      vices: {},
      pageSize: 1_000,
      intercept: () => undefined,
      readsOn: () => true
    }
    return stub
  })

export const refusal = (status: number, code: string, message = ""): StubAnswer => ({
  ...xml(`<Error><Code>${code}</Code><Message>${message}</Message></Error>`),
  status
})

const xml = (body: string, headers = {}): StubAnswer => ({
  status: 200,
  headers: { "content-type": "application/xml", ...headers },
  body: `<?xml version="1.0" encoding="UTF-8"?>${body}`
})
const empty = (status: number, headers = {}): StubAnswer => ({
  status,
  headers: { "content-type": "application/xml", ...headers },
  body: ""
})

const route = (stub: S3Stub, request: StubRequest): StubBehaviour => {
  const { headers, method, url } = request
  const query = url.searchParams
  const [, place, ...names] = decodeURIComponent(url.pathname).split("/")
  const key = names.join("/")
  const unsigned = stub.vices.isPublic === true && headers.authorization === undefined && !query.has("X-Amz-Signature")
  const denied = unsigned ? undefined : refusalOf(request, stub.keys, Date.now() + stub.ahead)
  if (denied !== undefined) return refusal(403, denied)
  if (place !== bucket || !stub.bucketExists) return refusal(404, "NoSuchBucket")
  if (key === "") return routeBucket(stub, request)
  const uploadId = query.get("uploadId")
  if (query.has("uploads")) return begin(stub, key, request)
  if (uploadId !== null) return routeUpload(stub, key, uploadId, request)
  if (method === "PUT") return put(stub, key, request, request.body)
  const object = stub.objects.get(key)
  if (object === undefined) return refusal(404, "NoSuchKey")
  return { status: 200, headers: { "content-length": String(object.bytes.length) }, body: object.bytes }
}

const routeBucket = (stub: S3Stub, { body, method, url }: StubRequest): StubBehaviour => {
  if (method === "HEAD") return empty(200)
  if (url.searchParams.has("delete")) {
    for (const [, key = ""] of body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)) stub.objects.delete(key)
    return xml("<DeleteResult></DeleteResult>")
  }
  const prefix = url.searchParams.get("prefix") ?? ""
  if (url.searchParams.has("uploads")) {
    const found = [...stub.uploads].filter(([, { key }]) => key.startsWith(prefix)).map(([id, { begunAt, key }]) =>
      `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${iso(begunAt)}</Initiated></Upload>`
    )
    return xml(`<ListMultipartUploadsResult>${found.join("")}</ListMultipartUploadsResult>`)
  }
  return list(stub, prefix, url.searchParams.get("continuation-token") ?? "")
}

const iso = (time: number) => new Date(time).toISOString()

/** In the order of their keys; a token is the last key of the page before. */
const list = ({ objects, pageSize }: S3Stub, prefix: string, after: string): StubBehaviour => {
  const found = [...objects].filter(([key]) => key.startsWith(prefix) && key > after).sort(([a], [b]) => a < b ? -1 : 1)
  const page = found.slice(0, pageSize)
  const contents = page.map(([key, { bytes, storedAt }]) =>
    `<Contents><Key>${key}</Key><Size>${bytes.length}</Size><LastModified>${iso(storedAt)}</LastModified></Contents>`
  )
  const next = found.length > page.length ? `<NextContinuationToken>${page.at(-1)?.[0]}</NextContinuationToken>` : ""
  return xml(
    `<ListBucketResult><IsTruncated>${next !== ""}</IsTruncated>${next}${contents.join("")}</ListBucketResult>`
  )
}

const isWrong = ({ vices }: S3Stub, { headers }: StubRequest, bytes: Buffer): boolean => {
  const sum = headers["x-amz-checksum-sha256"]
  return vices.ignoresChecksums !== true && sum !== undefined
    && headers["x-amz-sdk-checksum-algorithm"] === "SHA256"
    && createHash("sha256").update(bytes).digest("base64") !== sum
}

const encryption = ({ vices }: S3Stub, { headers }: StubRequest): Readonly<Record<string, string>> => {
  const wanted = headers["x-amz-server-side-encryption"]
  return wanted === undefined || vices.ignoresEncryption === true
    ? {}
    : { "x-amz-server-side-encryption": String(wanted) }
}

const store = (stub: S3Stub, key: string, { headers }: StubRequest, bytes: Buffer): StubAnswer | undefined => {
  if (headers["if-none-match"] === "*" && stub.objects.has(key) && stub.vices.replaces !== true) {
    return refusal(412, "PreconditionFailed")
  }
  stub.objects.set(key, { bytes, storedAt: Date.now() })
  return undefined
}

const version = ({ vices }: S3Stub) => vices.keepsVersions === true ? { "x-amz-version-id": randomUUID() } : undefined

const put = (stub: S3Stub, key: string, request: StubRequest, bytes: Buffer): StubBehaviour =>
  isWrong(stub, request, bytes)
    ? refusal(400, "BadDigest")
    : store(stub, key, request, bytes)
      ?? empty(200, { etag: "\"etag\"", ...version(stub), ...encryption(stub, request) })

const begin = (stub: S3Stub, key: string, request: StubRequest): StubBehaviour => {
  const id = randomUUID()
  stub.uploads.set(id, { key, begunAt: Date.now(), parts: new Map() })
  return xml(
    `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    encryption(stub, request)
  )
}

const routeUpload = (stub: S3Stub, key: string, id: string, request: StubRequest): StubBehaviour => {
  const upload = stub.uploads.get(id)
  if (upload?.key !== key) return refusal(404, "NoSuchUpload")
  if (request.method === "PUT") {
    if (isWrong(stub, request, request.body)) return refusal(400, "BadDigest")
    upload.parts.set(Number(request.url.searchParams.get("partNumber")), request.body)
    return empty(200, { etag: "\"etag\"" })
  }
  if (request.method === "DELETE") {
    stub.uploads.delete(id)
    return empty(204)
  }
  const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([, bytes]) => bytes)
  const refused = store(stub, key, request, Buffer.concat(parts))
  if (refused !== undefined) return refused
  stub.uploads.delete(id)
  return xml("<CompleteMultipartUploadResult><ETag>etag</ETag></CompleteMultipartUploadResult>", {
    ...version(stub),
    ...encryption(stub, request)
  })
}
