/** The environment that a deployment asks, through its API and its database. */
import { Effect, Layer } from "effect"
import { besideCheck } from "../../../deploy/release/besideCheck.ts"
import { environmentChecks } from "../../../deploy/release/environmentChecks.ts"
import { ReleaseStack, StackUnknown } from "../../../deploy/release/ReleaseStack.ts"
import { ReleaseDatabase } from "../../../deploy/release/ReleaseTargets.ts"
import { smokeTest } from "../../../deploy/release/smoke.ts"
import { environmentOf } from "../../client/environmentOf.ts"

export const releaseStack = Effect.fnUntraced(function*(
  { documents, environment }: { readonly environment: string; readonly documents: string }
) {
  const file = `config/${environment}.yaml`
  const { api, expected, url, withKey } = yield* environmentOf(file)
  const checks = environmentChecks({
    api,
    documents,
    expected,
    file,
    url,
    withKey
  })
  const database = yield* ReleaseDatabase
  const context = yield* Effect.context<Effect.Services<typeof checks.before>>()
  const known = <A, E>(look: Effect.Effect<A, E, Effect.Services<typeof checks.before>>) =>
    look.pipe(
      Effect.provide(context),
      Effect.mapError((error) => new StackUnknown({ message: error instanceof Error ? error.message : String(error) }))
    )
  return Layer.succeed(ReleaseStack, {
    ...database,
    validate: known(checks.before),
    verify: (version) => known(checks.deployed(version)),
    health: (version) => known(checks.health(version)),
    smoke: known(smokeTest(api)),
    speed: Effect.map(known(api.installation.control()), ({ took_ms }) => took_ms),
    beside: (version, mine) => known(besideCheck(api, documents, version, mine))
  })
})
