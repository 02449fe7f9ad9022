/** The mock's callbacks, received over HTTP and verified without our code. */
import { layer } from "@effect/vitest"
import LlamaCloud from "@llamaindex/llama-cloud"
import { Duration, Effect, Layer, Queue, Schedule, Schema } from "effect"
import { createHmac } from "node:crypto"
import { assert } from "vitest"
import { DocumentParser } from "../../../services/DocumentParser.ts"
import { serve } from "../../../src/mocks/llamaparse/MockLlamaParse.ts"
import { serveStub, type StubBehaviour, type StubRequest } from "../../support/stubs/HttpStub.ts"
import { getJson, play, reset } from "../admin.ts"
import { freePort, serverUrl } from "../serverUrl.ts"

const noParser = Layer.succeed(DocumentParser, {
  name: "none",
  immediate: true,
  submit: () => Effect.die("not asked"),
  result: () => Effect.die("not asked"),
  cancel: () => Effect.void,
  probe: Effect.void,
  parsesOf: () => Effect.succeed([]),
  forget: () => Effect.void
})

const mock = serve({
  delay: Duration.zero,
  failureRate: 0,
  content: "synthetic",
  seed: 1,
  allowLoopbackCallbacks: true,
  callbackWait: Duration.millis(5)
}).pipe(Layer.provide(noParser), Layer.provideMerge(freePort))

const client = Effect.map(
  serverUrl,
  (baseURL) => new LlamaCloud({ apiKey: "llx-test", baseURL, maxRetries: 0, logLevel: "off" })
)

type Webhook = NonNullable<LlamaCloud.ParsingCreateParams["webhook_configurations"]>[number]

/** A receiver, and a job that calls it. */
const receive = Effect.fnUntraced(function*(webhook: Omit<Webhook, "webhook_url">, answer?: () => StubBehaviour) {
  const received = yield* Queue.unbounded<StubRequest>()
  const url = yield* serveStub((request) => {
    Queue.offerUnsafe(received, request)
    return answer?.() ?? { status: 204 }
  })
  const llama = yield* client
  const webhook_url = new URL("/hook", url).href
  const create = Effect.promise(() =>
    llama.parsing.create({
      tier: "fast",
      version: "latest",
      upload_file: new File(["x"], "policy.pdf"),
      webhook_configurations: [{ webhook_output_format: "json", ...webhook, webhook_url }]
    })
  )
  return { received, create, llama, webhook_url }
})

const Body = Schema.fromJsonString(Schema.Struct({
  event_id: Schema.String,
  event_type: Schema.String,
  timestamp: Schema.Number,
  data: Schema.Struct({ id: Schema.String, job_id: Schema.String })
}))
const read = (request: StubRequest) => Schema.decodeUnknownSync(Body)(request.body.toString())

const signature = (secret: string, request: StubRequest) =>
  `sha256=${createHmac("sha256", secret).update(request.body).digest("hex")}`

const success = ["parse.success" as const]

layer(mock, { excludeTestServices: true })("a callback of MockLlamaParse", (it) => {
  it.effect("a callback of MockLlamaParse is thin, signed over its raw bytes, and looks like the vendor's", () =>
    Effect.gen(function*() {
      const { create, received } = yield* receive({
        webhook_events: success,
        webhook_signing_secret: "s3cret",
        webhook_headers: { "x-ours": "1" }
      })
      const { id } = yield* create
      const request = yield* Queue.take(received)
      const body = read(request)
      assert.deepInclude(request.headers, {
        "content-type": "application/json",
        "user-agent": "llamaindex-webhook-service/1.0",
        "x-webhook-event-id": body.event_id,
        "x-webhook-event-type": "parse.success",
        "x-ours": "1",
        "lc-signature": signature("s3cret", request)
      })
      assert.notProperty(request.headers, "traceparent")
      assert.deepInclude(body, { event_type: "parse.success", data: { id, job_id: id } })
      assert.closeTo(body.timestamp, Date.now() / 1_000, 60)
      assert.notInclude(request.body.toString(), "s3cret")
    }))

  it.effect(
    "a callback of MockLlamaParse is unsigned without a secret, and a string inside a string by "
      + "default",
    () =>
      Effect.gen(function*() {
        const { create, received } = yield* receive({ webhook_events: success, webhook_output_format: null })
        yield* create
        const request = yield* Queue.take(received)
        assert.notProperty(request.headers, "lc-signature")
        const inner: unknown = JSON.parse(request.body.toString())
        assert.strictEqual(Schema.decodeUnknownSync(Body)(inner).event_type, "parse.success")
      })
  )

  it.effect("a callback of MockLlamaParse is sent for every event if none is chosen", () =>
    Effect.gen(function*() {
      const { create, received } = yield* receive({})
      yield* create
      const events = yield* Effect.forEach([1, 2, 3], () => Effect.map(Queue.take(received), read))
      assert.sameMembers(events.map(({ event_type }) => event_type), [
        "parse.pending",
        "parse.running",
        "parse.success"
      ])
      assert.strictEqual(new Set(events.map(({ event_id }) => event_id)).size, 3)
    }))

  it.effect("a callback of MockLlamaParse is attempted three times, and ends with any 2xx", () =>
    Effect.gen(function*() {
      yield* reset
      let tries = 0
      const failing = yield* receive({ webhook_events: success }, () => ({ status: ++tries < 3 ? 500 : 202 }))
      yield* failing.create
      const requests = yield* Queue.takeN(failing.received, 3)
      assert.strictEqual(new Set(requests.map((request) => read(request).event_id)).size, 1)
      const dead = yield* receive({ webhook_events: success }, () => "reset")
      yield* dead.create
      yield* Queue.takeN(dead.received, 3)
      const counts = { delivered: 1, failed: 1, dropped: 0 }
      yield* Effect.repeat(getJson("/mock/state"), {
        until: (state) => JSON.stringify(state).includes(JSON.stringify(counts)),
        schedule: Schedule.upTo(Schedule.spaced("5 millis"), { duration: "2 seconds" })
      })
      assert.deepInclude(yield* getJson("/mock/state"), { callbacks: counts })
    }))

  it.effect("a callback of MockLlamaParse can use a stored configuration, whose secret cannot be read", () =>
    Effect.gen(function*() {
      const { llama, received, webhook_url } = yield* receive({})
      const stored = yield* Effect.promise(() =>
        llama.webhookConfigs.create({
          webhook_url,
          webhook_events: ["parse.success"],
          webhook_signing_secret: "kept",
          webhook_output_format: "json"
        })
      )
      assert.strictEqual(stored.has_secret, true)
      assert.notInclude(JSON.stringify(stored), "kept")
      const { id } = yield* Effect.promise(() =>
        llama.parsing.create({
          tier: "fast",
          version: "latest",
          upload_file: new File(["y"], "y.pdf"),
          webhook_configuration_ids: [stored.id]
        })
      )
      const request = yield* Queue.take(received)
      assert.strictEqual(read(request).data.id, id)
      assert.strictEqual(request.headers["lc-signature"], signature("kept", request))
      const updated = yield* Effect.promise(() => llama.webhookConfigs.update(stored.id, { webhook_events: null }))
      assert.deepInclude(updated, { webhook_url, webhook_events: null, has_secret: true })
      assert.lengthOf(yield* Effect.promise(() => llama.webhookConfigs.list()), 1)
      yield* Effect.promise(() => llama.webhookConfigs.delete(stored.id))
      assert.lengthOf(yield* Effect.promise(() => llama.webhookConfigs.list()), 0)
    }))

  it.effect("a callback of MockLlamaParse is dropped, duplicated, forged or sent as a string in a scenario", () =>
    Effect.gen(function*() {
      yield* play(`
name: callbacks
llamaparse:
  - { on: webhook, deliver: { drop: true } }
  - { on: webhook, deliver: { times: 2 } }
  - { on: webhook, deliver: { wrong_signature: true } }
  - { on: webhook, deliver: { string_format: true } }`)
      const { create, received } = yield* receive({ webhook_events: success, webhook_signing_secret: "s3cret" })
      yield* create
      const { id } = yield* create
      const [first, second] = yield* Queue.takeN(received, 2)
      assert.deepStrictEqual(first && read(first), second && read(second))
      assert.strictEqual(first && read(first).data.id, id)
      yield* create
      const forged = yield* Queue.take(received)
      assert.match(String(forged.headers["lc-signature"]), /^sha256=[0-9a-f]{64}$/)
      assert.notStrictEqual(forged.headers["lc-signature"], signature("s3cret", forged))
      yield* create
      const text = yield* Queue.take(received)
      assert.strictEqual(typeof JSON.parse(text.body.toString()), "string")
      assert.strictEqual(text.headers["lc-signature"], signature("s3cret", text))
    }))

  it.effect("a callback of MockLlamaParse can arrive before the result", () =>
    Effect.gen(function*() {
      yield* play("name: early\nllamaparse: [{ on: webhook, deliver: { before_result: 1h } }]")
      const { create, llama, received } = yield* receive({ webhook_events: success })
      const { id } = yield* create
      assert.strictEqual(read(yield* Queue.take(received)).event_type, "parse.success")
      const { job, text } = yield* Effect.promise(() => llama.parsing.get(id, { expand: ["text"] }))
      assert.deepStrictEqual([job.status, text], ["RUNNING", undefined])
    }))

  it.effect("a callback of MockLlamaParse reports a cancelled and a failed job", () =>
    Effect.gen(function*() {
      yield* play(`
name: ends
llamaparse:
  - { on: job, fail: PDF_IS_BROKEN }
  - { on: job, failed_pages: [1] }
  - { on: job, delay: 1h }`)
      const { create, llama, received } = yield* receive({
        webhook_events: ["parse.error", "parse.partial_success", "parse.cancelled"]
      })
      const next = Effect.map(Queue.take(received), (request) => read(request).event_type)
      yield* create
      assert.strictEqual(yield* next, "parse.error")
      yield* create
      assert.strictEqual(yield* next, "parse.partial_success")
      const { id } = yield* create
      yield* Effect.promise(() => llama.parsing.cancel(id))
      assert.strictEqual(yield* next, "parse.cancelled")
    }))
})
