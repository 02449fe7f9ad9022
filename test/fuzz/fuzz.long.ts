/**
 * A small run of `pnpm fuzz`, which by default sends 100,000 of each. The test command judges the same route by route: who is
 * answered what, which callbacks count, and what each refusal looks like.
 */
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { worldLayer } from "../faults/makeWorld.ts"
import { PostgresPlace } from "../faults/PostgresPlace.ts"
import { fuzz } from "./fuzz.ts"

const world = worldLayer(1).pipe(
  Layer.provideMerge(Layer.mergeAll(NodeHttpClient.layerUndici, PostgresPlace.given, NodeServices.layer))
)

it.live(
  "random callbacks and requests find no fault, change nothing they may not change, and leave the server running",
  () =>
    Effect.gen(function*() {
      const { findings, statuses } = yield* fuzz({ webhooks: 150, requests: 200 })
      assert.deepStrictEqual(findings, [])
      for (
        const [phase, status] of [["genuine callbacks", "200"], ["owners", "200"], [
          "callers without the right",
          "401"
        ]] as const
      ) {
        assert.isAbove(statuses[phase]?.[status] ?? 0, 2, `${phase} ${status}: otherwise nothing was tried`)
      }
    }).pipe(Effect.provide(world), Effect.scoped),
  300_000
)
