/** What `accessa deploy` reaches; loaded by that command alone, so that the others start fast. */
import { Effect, Layer } from "effect"
import { ReleaseTargets } from "../../src/deploy/release/ReleaseTargets.ts"

const opened = Effect.promise(() => import("./openTarget.ts"))

export const ReleaseTargetsLive = Layer.succeed(ReleaseTargets, {
  record: Effect.flatMap(opened, ({ openRecord }) => openRecord),
  platform: (platform, place) => Effect.flatMap(opened, ({ openPlatform }) => openPlatform(platform, place)),
  open: (platform, place) => Effect.flatMap(opened, ({ openTarget }) => openTarget(platform, place))
})
