import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { randomUUID } from "node:crypto"
import { UserId } from "../../src/domain/Ids.ts"
import { defaultBounds } from "../../src/policy/bounds.ts"
import { tokenOf } from "../support/harness/Credentials.ts"
import { TestApi, testApi } from "../support/harness/TestApi.ts"

const json = { "content-type": "application/json" }
const send = Effect.fnUntraced(
  function*(method: string, path: string, body?: unknown, headers?: Record<string, string>) {
    const { request } = yield* TestApi
    return yield* request(`/api/v1${path}`, {
      method,
      headers: { ...json, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
  }
)
const https = "https://hooks.example/in"

layer(testApi(), { excludeTestServices: true })("webhooks", (it) => {
  it.effect("webhooks are created with all events, show their secret once, and are found, changed and removed", () =>
    Effect.gen(function*() {
      const made = yield* send("POST", "/webhooks", { url: https })
      assert.strictEqual(made.status, 201)
      assert.strictEqual(made.headers.get("cache-control"), "no-store")
      assert.match(String(made.body["secret"]), /^whsec_/)
      const { secret, ...shown } = made.body
      const path = `/webhooks/${made.body["subscription_id"]}`
      assert.deepInclude(shown, { url: https, events: ["job.complete", "job.failed"], active: true })
      const got = yield* send("GET", path)
      assert.deepStrictEqual(got.body, shown)
      assert.deepStrictEqual((yield* send("GET", "/webhooks")).body, { webhooks: [shown] })
      const changed = yield* send("PATCH", path, { events: ["job.failed"], active: false })
      assert.deepStrictEqual(changed.body, { ...shown, events: ["job.failed"], active: false })
      const rotated = yield* send("POST", `${path}/rotate`)
      assert.strictEqual(rotated.status, 201)
      assert.notStrictEqual(rotated.body["secret"], secret)
      assert.strictEqual((yield* send("DELETE", path)).status, 204)
      assert.strictEqual((yield* send("GET", path)).body["code"], "WEBHOOK_NOT_FOUND")
    }))

  it.effect("webhooks cannot target private addresses, on creation or change, and the answer says why", () =>
    Effect.gen(function*() {
      const refused = {
        "http://hooks.example/": "Only https addresses are allowed, not http.",
        "https://127.0.0.1/": "The address 127.0.0.1 is not public (loopback).",
        "https://2852039166/latest": "The address 169.254.169.254 is not public (linkLocal).",
        "https://[::ffff:a9fe:a9fe]/": "The address ::ffff:a9fe:a9fe is not public (ipv4Mapped).",
        "https://inside.example/": "The name inside.example resolves to an address that is not public.",
        "https://nowhere.example/": "The name nowhere.example cannot be resolved.",
        "https://user:pass@hooks.example/": "An address may not contain a user name or password.",
        "https://hooks.example:6379/": "Port 6379 is not allowed; use 443 or 8443.",
        "gopher://hooks.example/": "Only https addresses are allowed.",
        "hooks.example": "It is not a valid URL."
      }
      const { body } = yield* send("POST", "/webhooks", { url: https })
      const path = `/webhooks/${body["subscription_id"]}`
      for (const [url, detail] of Object.entries(refused)) {
        for (const answer of [yield* send("POST", "/webhooks", { url }), yield* send("PATCH", path, { url })]) {
          assert.strictEqual(answer.status, 400, url)
          assert.deepInclude(answer.body, {
            code: "WEBHOOK_URL_REFUSED",
            errors: [{ pointer: "/payload/url", detail }]
          })
        }
      }
      assert.strictEqual((yield* send("GET", path)).body["url"], https)
    }))

  it.effect("accept only fields of the contract", () =>
    Effect.gen(function*() {
      const wrong = [
        {},
        { url: "" },
        { url: 7 },
        { url: https, events: [] },
        { url: https, events: ["job.begun"] },
        { url: https, events: ["job.failed", "job.failed"] },
        { url: `https://hooks.example/${"x".repeat(2_000)}` }
      ]
      for (const body of wrong) assert.strictEqual((yield* send("POST", "/webhooks", body)).status, 400)
    }))

  it.effect("webhooks can be tested and replayed unless they are disabled", () =>
    Effect.gen(function*() {
      const { body } = yield* send("POST", "/webhooks", { url: https })
      const path = `/webhooks/${body["subscription_id"]}`
      const ids = []
      for (let n = 0; n < 3; n++) {
        const queued = yield* send("POST", `${path}/test`)
        assert.strictEqual(queued.status, 202)
        assert.deepInclude(queued.body, { event: "webhook.test", status: "pending", job_id: null })
        ids.unshift(queued.body["delivery_id"])
      }
      const first = (yield* send("GET", `${path}/deliveries?limit=2`)).body
      const rest = (yield* send("GET", `${path}/deliveries?limit=2&cursor=${first["next_cursor"]}`)).body
      const pages = [first, rest].flatMap(({ deliveries }) => deliveries as ReadonlyArray<Record<string, unknown>>)
      assert.deepStrictEqual(pages.map(({ delivery_id }) => delivery_id), ids)
      assert.isNull(rest["next_cursor"])
      assert.strictEqual((yield* send("POST", `/deliveries/${ids[0]}/replay`)).status, 202)
      yield* send("PATCH", path, { active: false })
      for (const again of [`${path}/test`, `/deliveries/${ids[0]}/replay`]) {
        const answer = yield* send("POST", again)
        assert.deepStrictEqual([answer.status, answer.body["code"]], [409, "WEBHOOK_INACTIVE"])
      }
      const none = yield* send("POST", `/deliveries/${randomUUID()}/replay`)
      assert.deepStrictEqual([none.status, none.body["code"]], [404, "DELIVERY_NOT_FOUND"])
    }))

  it.effect("webhooks are not found by another user", () =>
    Effect.gen(function*() {
      const { body } = yield* send("POST", "/webhooks", { url: https })
      const path = `/webhooks/${body["subscription_id"]}`
      const { body: delivery } = yield* send("POST", `${path}/test`)
      const stranger = { authorization: `Bearer ${tokenOf(UserId.make(randomUUID()))}` }
      const calls = [
        ["GET", path],
        ["PATCH", path],
        ["DELETE", path],
        ["POST", `${path}/rotate`],
        ["POST", `${path}/test`],
        ["GET", `${path}/deliveries`],
        ["POST", `/deliveries/${delivery["delivery_id"]}/replay`]
      ] as const
      for (const [method, at] of calls) {
        const answer = yield* send(method, at, method === "PATCH" ? { active: false } : undefined, stranger)
        assert.strictEqual(answer.status, 404, `${method} ${at}`)
      }
      assert.deepStrictEqual((yield* send("GET", "/webhooks", undefined, stranger)).body, { webhooks: [] })
      assert.strictEqual((yield* send("GET", path)).body["active"], true)
    }))

  it.effect("webhooks are limited in number", () =>
    Effect.gen(function*() {
      const user = { authorization: `Bearer ${tokenOf(UserId.make(randomUUID()))}` }
      for (let n = 0; n < defaultBounds.webhooks; n++) yield* send("POST", "/webhooks", { url: https }, user)
      const answer = yield* send("POST", "/webhooks", { url: https }, user)
      assert.deepStrictEqual([answer.status, answer.body["code"]], [409, "TOO_MANY_WEBHOOKS"])
    }))
})
