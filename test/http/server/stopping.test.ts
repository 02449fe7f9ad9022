import { assert, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Schedule, Scope } from "effect"
import { TestApi, testApi } from "../../support/harness/TestApi.ts"

it.live("while the API waits for proxies to send requests elsewhere, it serves and says that it is stopping", () =>
  Effect.gen(function*() {
    const scope = yield* Scope.make()
    const { request } = Context.get(
      yield* Layer.buildWithScope(testApi({ stopDelay: "15 seconds" }), scope),
      TestApi
    )
    assert.strictEqual((yield* request("/health")).body["status"], "ok")
    // Its end is not waited for.
    yield* Effect.forkDetach(Scope.close(scope, Exit.void))
    const { body } = yield* Effect.repeat(request("/health"), {
      until: ({ body }) => body["status"] !== "ok",
      schedule: Schedule.spaced("20 millis")
    })
    assert.strictEqual(body["status"], "stopping")
    assert.strictEqual((yield* request("/api/v1/jobs")).status, 200)
  }))
