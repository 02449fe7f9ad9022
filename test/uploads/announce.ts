/** The API over the real stores and a storage, and uploads through signed addresses as callers make them. */
import { NodeHttpClient } from "@effect/platform-node"
import { assert } from "@effect/vitest"
import { Clock, Effect, Layer, Redacted, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { createHash, randomUUID } from "node:crypto"
import { ObjectStorageSupabase } from "../../layers/ObjectStorage/Supabase.ts"
import { IdempotencyKeys } from "../../services/IdempotencyKeys.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { DocumentId, type UserId } from "../../src/domain/Ids.ts"
import { egress } from "../pipeline/vendorsOverHttp.ts"
import { stores } from "../support/databases/stores.ts"
import { CredentialsMemory, tokenOf } from "../support/harness/Credentials.ts"
import { serveApi, TestApi } from "../support/harness/TestApi.ts"
import { serveSupabase, type StubBucket } from "../support/stubs/SupabaseStub.ts"

/** The stores' own: those of CredentialsMemory keep their answers when a document is deleted. */
const storedKeys = Layer.effect(
  IdempotencyKeys,
  Effect.gen(function*() {
    return yield* IdempotencyKeys
  })
)

export const apiOver = (storage: Layer.Layer<ObjectStorage, unknown>) =>
  serveApi({ maxUploadBytes: 200_000 }).pipe(
    Layer.provide([CredentialsMemory, storedKeys, egress]),
    Layer.provideMerge(Layer.mergeAll(stores, storage)),
    // Addresses expire in real time, like the database's rows.
    Layer.provide(Layer.succeed(Clock.Clock, Clock.Clock.defaultValue()))
  )

type Limits = Omit<StubBucket, "objects" | "public">

/** Its buckets have these limits. */
export const overLimitedSupabase = (raw: Limits, parsed: Limits) =>
  Layer.unwrap(
    Effect.map(serveSupabase({ key: "service-role", prefix: "/storage/v1" }), ({ buckets, url }) => {
      buckets.set("raw", { ...raw, public: false, objects: new Map() })
      buckets.set("parsed", { ...parsed, public: false, objects: new Map() })
      return ObjectStorageSupabase({
        url,
        serviceRoleKey: Redacted.make("service-role"),
        callTimeout: "30 seconds"
      })
    })
  ).pipe(Layer.provide(NodeHttpClient.layerUndici))

export const overSupabase = overLimitedSupabase({}, {})

export const aText = () => `# Policy ${randomUUID()}\n\nWater damage is covered.\n`
export const sha = (content: string) => createHash("sha256").update(content).digest("hex")
export const json = (body: unknown, as?: UserId) => ({
  method: "POST",
  body: JSON.stringify(body),
  headers: {
    "content-type": "application/json",
    ...(as === undefined ? {} : { authorization: `Bearer ${tokenOf(as)}` })
  }
})

export const announce = Effect.fnUntraced(
  function*(content: string, fields: Record<string, unknown> = {}, as?: UserId) {
    const { request } = yield* TestApi
    const wanted = { filename: "policy.md", bytes: Buffer.byteLength(content), ...fields }
    const answer = yield* request("/api/v1/uploads", json(wanted, as))
    assert.strictEqual(answer.status, 201, answer.text)
    const id = DocumentId.make(String(answer.body["document_id"]))
    return { ...answer, id, url: new URL(String(answer.body["upload_url"])) }
  }
)

/** As any holder of the address would: without a credential, to the test server's actual port. */
export const put = Effect.fnUntraced(function*(url: URL, body: ReadableStream<Uint8Array> | string) {
  const { request } = yield* TestApi
  const path = url.hostname === "api.example.com" ? `${url.pathname}${url.search}` : url.href
  return yield* request(path, {
    method: "PUT",
    body,
    duplex: "half",
    headers: { authorization: "", "content-type": "text/markdown" }
  })
})

/** Sent without saying how long it is. */
export const unmeasured = (text: string) =>
  new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(Buffer.from(text))
      controller.close()
    }
  })

export const complete = Effect.fnUntraced(function*(id: DocumentId, sha256: string, as?: UserId) {
  const { request } = yield* TestApi
  return yield* request(`/api/v1/uploads/${id}/complete`, json({ sha256 }, as))
})

/** Where its bytes are, or would be. */
export const pathOf = Effect.fnUntraced(function*(id: DocumentId) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly path: string }>`SELECT path FROM uploads WHERE document_id = ${id}`
  return row?.path ?? ""
})

export const stored = (path: string) =>
  Effect.flatMap(ObjectStorage, (storage) => Stream.mkString(Stream.decodeText(storage.get(path)))).pipe(Effect.option)

export const left = Effect.fnUntraced(function*(id: DocumentId) {
  const sql = yield* SqlClient.SqlClient
  const [rows] = yield* sql<{ readonly documents: number; readonly jobs: number; readonly uploads: number }>`
    SELECT (SELECT count(*)::int FROM documents WHERE document_id = ${id}) AS documents,
      (SELECT count(*)::int FROM upload_jobs WHERE document_id = ${id}) AS jobs,
      (SELECT count(*)::int FROM uploads WHERE document_id = ${id}) AS uploads`
  const storage = yield* ObjectStorage
  const objects = yield* Stream.runCollect(storage.list("raw"))
  return { ...rows, object: objects.some(({ path }) => path.includes(id)) }
})

export const pass = Effect.fnUntraced(function*(id: DocumentId, minutes: number) {
  const sql = yield* SqlClient.SqlClient
  const time = sql`${minutes} * interval '1 minute'`
  yield* sql`UPDATE uploads SET complete_by = complete_by - ${time}, url_until = url_until - ${time},
    sweep_at = sweep_at - ${time} WHERE document_id = ${id}`
})

export const nothing = { documents: 0, jobs: 0, object: false }
