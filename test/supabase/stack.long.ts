/** The whole system on a real Supabase Storage: what it keeps, what a delete leaves, and what the service's own settings mean. */
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Context, Duration, Effect, Layer, Redacted, Schedule, Schema } from "effect"
import { randomUUID } from "node:crypto"
import { sha256 } from "../../src/domain/hash.ts"
import { sizeInWords } from "../../src/domain/StorageLimits.ts"
import { startStack } from "../support/harness/Stack.ts"
import { missing, server, startGateway } from "./Server.ts"

const Announced = Schema.Struct({
  document_id: Schema.String,
  upload_url: Schema.String,
  headers: Schema.Record(Schema.String, Schema.String),
  expires_at: Schema.String
})
const Accepted = Schema.Struct({ document_id: Schema.String, job_id: Schema.String })
const Listed = Schema.Struct({ objects: Schema.Array(Schema.Struct({ name: Schema.String })) })
const Bucket = Schema.Struct({ file_size_limit: Schema.NullOr(Schema.Int) })

const aText = () => `# Policy\n\nThe policy ${randomUUID()} covers water damage, hail and storm, on every floor.\n`

const startOnServer = Effect.gen(function*() {
  const { serviceRoleKey, url } = yield* server
  const key = Redacted.value(serviceRoleKey)
  const gateway = yield* startGateway(url)
  const stack = yield* startStack({
    STORAGE: "supabase",
    SUPABASE_URL: url.href,
    SUPABASE_PUBLIC_URL: `${gateway.href}storage/v1`,
    SUPABASE_SERVICE_ROLE_KEY: key,
    // Higher than any limit of the server.
    MAX_UPLOAD_MB: "100000"
  })
  /** The server itself is asked. */
  const onServer = <A>(path: string, result: Schema.Codec<A, unknown>, body: unknown = undefined) =>
    Effect.promise(async () => {
      const answer = await fetch(new URL(path, url), {
        method: body === undefined ? "GET" : "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      })
      return answer.json()
    }).pipe(Effect.flatMap(Schema.decodeUnknownEffect(result)))
  const keys = Effect.map(
    Effect.forEach(
      ["raw", "parsed"],
      (bucket) => onServer(`/object/list-v2/${bucket}`, Listed, { prefix: "", limit: 1_000, with_delimiter: false })
    ),
    (pages) => pages.flatMap(({ objects }) => objects.map(({ name }) => name))
  )
  const post = (path: string, body: unknown) =>
    stack.ask(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } })
  const announce = Effect.fnUntraced(function*(text: string) {
    const wanted = { filename: "policy.md", bytes: Buffer.byteLength(text), media_type: "text/markdown" }
    const { body } = yield* post("/api/v1/uploads", wanted)
    return yield* Schema.decodeUnknownEffect(Announced)(body)
  })
  const put = ({ headers, upload_url }: typeof Announced.Type, body: string) =>
    Effect.promise(() => fetch(upload_url, { method: "PUT", headers, body }))
  const complete = (jobId: string) => Effect.map(stack.ended(jobId), (status) => assert.strictEqual(status, "complete"))
  const largest = yield* Effect.promise(() => fetch(new URL("/upload/resumable", url), { method: "OPTIONS" }))
  return {
    ...stack,
    gateway,
    keys,
    onServer,
    post,
    announce,
    put,
    complete,
    largest: Number(largest.headers.get("tus-max-size"))
  }
})

class Stack extends Context.Service<Stack, Effect.Success<typeof startOnServer>>()("test/supabase/Stack") {
  static readonly layer = Layer.effect(Stack, startOnServer).pipe(Layer.provide(NodeServices.layer))
}

if (missing.length === 0) {
  layer(Stack.layer, { excludeTestServices: true, timeout: "5 minutes" })("on a real Supabase Storage", (it) => {
    it.effect("an announced upload goes to the server through its public address, and a delete leaves nothing of it", () =>
      Effect.gen(function*() {
        const { announce, ask, complete, gateway, keys, post, put } = yield* Stack
        const text = aText()
        const announced = yield* announce(text)
        assert.isTrue(announced.upload_url.startsWith(`${gateway.href}storage/v1/object/upload/sign/raw/`))
        assert.strictEqual((yield* put(announced, text)).status, 200)
        const completed = yield* post(`/api/v1/uploads/${announced.document_id}/complete`, { sha256: sha256(text) })
        assert.strictEqual(completed.status, 202)
        const { document_id, job_id } = yield* Schema.decodeUnknownEffect(Accepted)(completed.body)
        yield* complete(job_id)
        const own = Effect.map(keys, (all) => all.filter((each) => each.includes(document_id)))
        assert.lengthOf(yield* own, 2)
        assert.strictEqual((yield* ask(`/api/v1/documents/${document_id}`, { method: "DELETE" })).status, 204)
        assert.lengthOf(
          yield* Effect.repeat(own, { schedule: Schedule.spaced("200 millis"), until: (left) => left.length === 0 }),
          0
        )
      }))

    it.effect("an announced upload's address works until the time that it states, and no longer", () =>
      Effect.gen(function*() {
        const { announce, put } = yield* Stack
        const text = aText()
        const [first, second] = [yield* announce(text), yield* announce(text)]
        assert.strictEqual((yield* put(first, text)).status, 200)
        const lasts = Date.parse(second.expires_at) - Date.now()
        assert.isBelow(lasts, 100_000, "Start the server with UPLOAD_SIGNED_URL_EXPIRATION_TIME=60.")
        yield* Effect.sleep(Duration.millis(lasts - 3_000))
        const late = yield* announce(text)
        yield* Effect.sleep("5 seconds")
        const refused = yield* put(second, text)
        assert.strictEqual(refused.status, 400)
        assert.include(yield* Effect.promise(() => refused.text()), "InvalidJWT")
        assert.strictEqual((yield* put(late, text)).status, 200)
      }))

    it.effect("the limit of the whole service is told with the readiness, and before a file is sent", () =>
      Effect.gen(function*() {
        const { ask, largest, onServer, post } = yield* Stack
        assert.isAbove(largest, 0)
        const { file_size_limit } = yield* onServer("/bucket/raw", Bucket)
        const limit = Math.min(file_size_limit ?? largest, largest)
        // On a busy machine a probe may take longer than the check waits for it.
        const ready = yield* Effect.repeat(ask("/health/ready"), {
          until: ({ body }) => !JSON.stringify(body).includes("No answer within")
        })
        assert.include(JSON.stringify(ready.body), `It accepts files of up to ${sizeInWords(limit)}.`)
        const announce = (bytes: number) => post("/api/v1/uploads", { filename: "policy.pdf", bytes })
        const refused = yield* announce(limit + 1)
        assert.strictEqual(refused.status, 413)
        assert.include(JSON.stringify(refused.body), `The file is larger than ${sizeInWords(limit)}.`)
        assert.strictEqual((yield* announce(limit)).status, 201)
      }))
  })
}
