import { assert, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { ControlView, InstallationView } from "../../src/api/installation.ts"
import { keyOf } from "../support/harness/Credentials.ts"
import { TestApi, testApi } from "../support/harness/TestApi.ts"

const asked = Effect.fnUntraced(function*(path: string, role: "admin" | "operator") {
  const { request } = yield* TestApi
  return yield* request(`/api/v1/operations/${path}`, { headers: { authorization: `Bearer ${keyOf(role)}` } })
})

it.live("what an installation is made of, and its control, are shown to admins only", () =>
  Effect.gen(function*() {
    for (const path of ["installation", "control"]) {
      assert.strictEqual((yield* asked(path, "operator")).status, 403)
      assert.strictEqual((yield* asked(path, "admin")).status, 200)
    }
    const installation = yield* Schema.decodeUnknownEffect(InstallationView)(
      (yield* asked("installation", "admin")).body
    )
    assert.strictEqual(installation.database.migration, 1)
    assert.strictEqual(installation.api.environment, "test")
    const { took_ms } = yield* Schema.decodeUnknownEffect(ControlView)((yield* asked("control", "admin")).body)
    assert.isAbove(took_ms, 0)
  }).pipe(Effect.provide(testApi())))
