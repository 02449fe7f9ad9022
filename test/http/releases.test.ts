import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { keyOf } from "../support/harness/Credentials.ts"
import { TestApi, testApi } from "../support/harness/TestApi.ts"
import { releaseId } from "../support/stubs/ReleasesStub.ts"

describe("the releases", () => {
  it.live("are listed for an admin alone, each with its steps, their verdicts and sample sizes", () =>
    Effect.provide(
      Effect.gen(function*() {
        const { request } = yield* TestApi
        const get = (path: string, role: "operator" | "admin" = "admin") =>
          request(`/api/v1/releases${path}`, { headers: { authorization: `Bearer ${keyOf(role)}` } })

        assert.strictEqual((yield* get("", "operator")).status, 403)
        const list = yield* get("?environment=staging&limit=5")
        assert.include(list.text, `"release_id":"${releaseId}"`)
        assert.include(list.text, `"outcome":"rolled_back"`)
        assert.deepStrictEqual((yield* get("?environment=production")).body, { releases: [] })

        const { body } = yield* get(`/${releaseId}`)
        assert.deepStrictEqual(body["steps"], [{
          step: "rollout.25",
          verdict: "fail",
          checks: [{ check: "failures", verdict: "fail", found: "9 of 40 documents failed, 99 % interval 8 to 44 %" }],
          ended_at: "2026-11-28T09:10:00.000Z"
        }])
        const unknown = yield* get("/11111111-1111-4111-8111-111111111111")
        assert.deepInclude(unknown.body, { status: 404, code: "RELEASE_NOT_FOUND" })
      }),
      testApi()
    ))
})
