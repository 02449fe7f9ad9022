/** The whole system on a bucket of a real server: what it stores, what a delete leaves, and what an outage loses. */
import { GetObjectCommand, ListMultipartUploadsCommand, ListObjectsV2Command } from "@aws-sdk/client-s3"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Config, Duration, Effect, Option, Schedule, Schema } from "effect"
import { execFile } from "node:child_process"
import { randomUUID } from "node:crypto"
import { promisify } from "node:util"
import { sha256 } from "../../src/domain/hash.ts"
import { startStack } from "../support/harness/Stack.ts"
import { aBucket, missing } from "./Bucket.ts"

const run = promisify(execFile)

/** Shell commands that end the server as a crash does, and start it again on its data. */
const commands = Effect.runSync(Config.option(Config.all({
  kill: Config.String("S3_KILL_COMMAND"),
  start: Config.String("S3_START_COMMAND")
})))

/** Shell commands after which the server accepts requests and answers none, and after which it goes on. */
const pauses = Effect.runSync(Config.option(Config.all({
  pause: Config.String("S3_PAUSE_COMMAND"),
  resume: Config.String("S3_RESUME_COMMAND")
})))

const shell = (command: string) => Effect.promise(() => run("/bin/sh", ["-c", command]))

const Accepted = Schema.Struct({ document_id: Schema.String, job_id: Schema.String })
const Announced = Schema.Struct({
  document_id: Schema.String,
  upload_url: Schema.String,
  headers: Schema.Record(Schema.String, Schema.String)
})
const Checked = Schema.Struct({ missing: Schema.Array(Schema.Json), documents: Schema.Int })

const startOnBucket = Effect.gen(function*() {
  const { client, options } = yield* aBucket
  const secrets = yield* Config.all({
    AWS_ACCESS_KEY_ID: Config.String("AWS_ACCESS_KEY_ID"),
    AWS_SECRET_ACCESS_KEY: Config.String("AWS_SECRET_ACCESS_KEY")
  })
  const stack = yield* startStack({
    ...secrets,
    STORAGE: "s3",
    S3_BUCKET: options.bucket,
    S3_REGION: options.region,
    S3_FORCE_PATH_STYLE: String(options.forcePathStyle),
    ...(options.endpoint === undefined ? {} : { S3_ENDPOINT: options.endpoint.href })
  })
  const Bucket = options.bucket
  const texts = Effect.promise(async () => {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }))
    return Promise.all(Contents.map(async ({ Key = "" }) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
      return { key: Key, text: await Body?.transformToString() ?? "" }
    }))
  })
  const unfinished = Effect.promise(async () => {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }))
    return Uploads.length
  })
  const send = (name: string, text: string) => {
    const body = new FormData()
    body.append("file", new Blob([text]), name)
    return stack.ask("/api/v1/documents", { method: "POST", body })
  }
  const complete = (jobId: string) => Effect.map(stack.ended(jobId), (status) => assert.strictEqual(status, "complete"))
  return { ...stack, texts, unfinished, send, complete }
})

const post = (body: unknown) => ({
  method: "POST",
  body: JSON.stringify(body),
  headers: { "content-type": "application/json" }
})

const aText = (word: string) => `# Policy\n\nThe policy ${word} covers water damage, hail and storm, on every floor.\n`

it.live.skipIf(missing.length > 0)(
  "on a real S3 server, a document's text is in its bucket until it is deleted, and nowhere in it afterwards",
  () =>
    Effect.gen(function*() {
      const { ask, complete, send, texts, unfinished } = yield* startOnBucket
      const word = `Canary-${randomUUID()}`
      const sent = yield* send("policy.md", aText(word))
      const { document_id, job_id } = yield* Schema.decodeUnknownEffect(Accepted)(sent.body)
      yield* complete(job_id)
      const stored = (yield* texts).filter(({ text }) => text.includes(word))
      assert.deepStrictEqual(stored.map(({ key }) => key.split("/")[0]).toSorted(), ["parsed", "raw"])
      // Sent in parts, and deleted while it is processed.
      const large = yield* send("large.md", aText(word).repeat(120_000))
      const second = yield* Schema.decodeUnknownEffect(Accepted)(large.body)
      for (const id of [document_id, second.document_id]) {
        assert.strictEqual((yield* ask(`/api/v1/documents/${id}`, { method: "DELETE" })).status, 204)
      }
      const left = yield* texts.pipe(
        Effect.map((found) => found.filter(({ text }) => text.includes(word)).length),
        Effect.repeat({ schedule: Schedule.spaced("200 millis"), until: (count) => count === 0 }),
        Effect.timeout("60 seconds")
      )
      assert.strictEqual(left, 0)
      assert.strictEqual(yield* unfinished, 0)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
)

it.live.skipIf(missing.length > 0)(
  "on a real S3 server, an announced upload goes to the server itself, as announced",
  () =>
    Effect.gen(function*() {
      const { ask, complete } = yield* startOnBucket
      const text = aText(randomUUID())
      const hash = sha256(text)
      const announced = yield* ask(
        "/api/v1/uploads",
        post({ filename: "policy.md", bytes: text.length, sha256: hash, media_type: "text/markdown" })
      )
      const { document_id, headers, upload_url } = yield* Schema.decodeUnknownEffect(Announced)(announced.body)
      const put = (body: string) =>
        Effect.map(Effect.promise(() => fetch(upload_url, { method: "PUT", headers, body })), ({ status }) => status)
      assert.strictEqual(yield* put(text.replace("hail", "fire")), 400)
      assert.strictEqual(yield* put(`${text}more`), 403)
      assert.strictEqual(yield* put(text), 200)
      const completed = yield* ask(`/api/v1/uploads/${document_id}/complete`, post({ sha256: hash }))
      assert.strictEqual(completed.status, 202)
      yield* complete((yield* Schema.decodeUnknownEffect(Accepted)(completed.body)).job_id)
      assert.strictEqual(yield* put(text), 412)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
)

it.live.skipIf(missing.length > 0 || Option.isNone(commands))(
  "on a real S3 server that is killed and started again under load, every accepted document completes",
  () =>
    Effect.gen(function*() {
      const { ask, complete, send } = yield* startOnBucket
      const { kill, start } = Option.getOrThrow(commands)
      let refused = 0
      /** As clients do: what is answered 503 is sent again. */
      const deliver = (n: number) =>
        send(`letter-${n}.md`, aText(randomUUID())).pipe(
          Effect.tap(({ status }) =>
            Effect.sync(() => {
              if (status !== 202) {
                assert.strictEqual(status, 503)
                refused++
              }
            })
          ),
          Effect.repeat({ schedule: Schedule.spaced("500 millis"), until: ({ status }) => status === 202 }),
          Effect.flatMap(({ body }) => Schema.decodeUnknownEffect(Accepted)(body))
        )
      const outage = Effect.gen(function*() {
        yield* Effect.repeat(Effect.sync(() => accepted), {
          schedule: Schedule.spaced("20 millis"),
          until: (n) => n > 30
        })
        yield* shell(kill)
        yield* Effect.repeat(Effect.sync(() => refused), {
          schedule: Schedule.spaced("20 millis"),
          until: (n) => n > 3
        })
        yield* shell(start)
      })
      let accepted = 0
      const counted = (n: number) => Effect.tap(deliver(n), () => Effect.sync(() => accepted++))
      const [jobs] = yield* Effect.all([
        Effect.forEach(Array.from({ length: 120 }, (_, n) => n), counted, { concurrency: 8 }),
        outage
      ], { concurrency: 2 })
      assert.isAbove(refused, 3)
      yield* Effect.forEach(jobs, ({ job_id }) => complete(job_id), { concurrency: 8 })
      const { body } = yield* ask("/api/v1/storage/check")
      assert.deepStrictEqual(yield* Schema.decodeUnknownEffect(Checked)(body), { documents: 120, missing: [] })
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  Duration.toMillis("5 minutes")
)

it.live.skipIf(missing.length > 0 || Option.isNone(pauses))(
  "on a real S3 server that hangs, uploads are answered 503 in time, and what was accepted completes later",
  () =>
    Effect.gen(function*() {
      const { complete, send } = yield* startOnBucket
      const { pause, resume } = Option.getOrThrow(pauses)
      const sent = yield* send("before.md", aText(randomUUID()))
      yield* Effect.acquireUseRelease(
        shell(pause),
        () =>
          Effect.gen(function*() {
            for (const text of [aText(randomUUID()), aText(randomUUID()).repeat(120_000)]) {
              const { body, status } = yield* Effect.timeout(send("meanwhile.md", text), "90 seconds")
              assert.strictEqual(status, 503, JSON.stringify(body))
            }
          }),
        () => shell(resume)
      )
      yield* complete((yield* Schema.decodeUnknownEffect(Accepted)(sent.body)).job_id)
      const after = yield* send("after.md", aText(randomUUID()))
      yield* complete((yield* Schema.decodeUnknownEffect(Accepted)(after.body)).job_id)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  Duration.toMillis("5 minutes")
)
