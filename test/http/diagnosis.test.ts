/** What the API adds to the diagnosis of its database: its clock, and its settings. */
import { assert, it } from "@effect/vitest"
import { DateTime, Effect, Layer, Schema } from "effect"
import { Diagnosis } from "../../services/Diagnosis.ts"
import { Finding } from "../../src/domain/Finding.ts"
import { RecoverableError } from "../../src/domain/ServiceError.ts"
import { keyOf } from "../support/harness/Credentials.ts"
import { TestApi, testApi } from "../support/harness/TestApi.ts"

const decode = Schema.decodeUnknownEffect(Schema.Array(Finding))
const asked = Effect.gen(function*() {
  const { request } = yield* TestApi
  const { body, status } = yield* request("/api/v1/diagnosis", {
    headers: { authorization: `Bearer ${keyOf("operator")}` }
  })
  assert.strictEqual(status, 200)
  return yield* decode(body["findings"])
})
const failed = Effect.map(asked, (findings) => findings.filter(({ ok }) => !ok).map(({ found, name }) => [name, found]))

const clockAt = (hours: number) =>
  Layer.succeed(Diagnosis, {
    schema: Effect.succeed([]),
    pipeline: Effect.succeed([]),
    sight: Effect.never,
    installation: Effect.succeed({ postgres: "15.20", pgvector: "0.8.0", migration: 1, objects: [] }),
    now: Effect.map(DateTime.now, DateTime.add({ hours }))
  })

it.live("the diagnosis is for operators, and finds nothing wrong where nothing is", () =>
  Effect.gen(function*() {
    const { request } = yield* TestApi
    assert.strictEqual((yield* request("/api/v1/diagnosis")).status, 403)
    assert.deepStrictEqual(yield* failed, [])
  }).pipe(Effect.provide(testApi())))

it.live("the diagnosis names settings that cannot be meant", () =>
  Effect.gen(function*() {
    assert.deepStrictEqual(yield* failed, [["api settings", "PUBLIC_URL is wrong"]])
  }).pipe(Effect.provide(testApi({ doubts: ["PUBLIC_URL is wrong"] }))))

it.live("the diagnosis finds that the clocks of API and database are apart, either way", () =>
  Effect.gen(function*() {
    for (const [hours, gap] of [[1, "behind"], [-1, "ahead of"]] as const) {
      const [[name, found] = []] = yield* Effect.provide(failed, testApi({ diagnosis: clockAt(hours) }))
      assert.strictEqual(name, "api clock")
      assert.match(found ?? "", new RegExp(`^the API's clock is 3[56]\\d\\d s ${gap} the database's$`))
    }
  }))

it.live("the diagnosis finds objects that no document names once two sweeps have passed them", () =>
  Effect.gen(function*() {
    assert.deepStrictEqual(yield* failed, [["orphans", "parsed/user/forgotten.md"]])
  }).pipe(Effect.provide(testApi({
    listed: [
      { path: "raw/user/just-stored.pdf", bytes: 1, storedAt: Date.now() },
      { path: "parsed/user/forgotten.md", bytes: 1, storedAt: Date.now() - 24 * 3_600_000 }
    ]
  }))))

it.live("the diagnosis does without a storage that fails, and says so of the objects alone", () =>
  Effect.gen(function*() {
    assert.deepStrictEqual(yield* failed, [
      ["orphans", "they cannot be listed. The bucket is gone."],
      ["api settings", "PUBLIC_URL is wrong"]
    ])
  }).pipe(Effect.provide(testApi({
    doubts: ["PUBLIC_URL is wrong"],
    listed: new RecoverableError({ code: "STORAGE_UNAVAILABLE", message: "The bucket is gone.", dependency: "storage" })
  }))))
