/** What `accessa deploy` reaches; loaded by that command alone, so that others start fast. */
import { Effect, Layer } from "effect"
import { ReleaseTargets } from "../deploy/release/ReleaseTargets.ts"

const opened = Effect.promise(() => import("./openTarget.ts"))

export const ReleaseTargetsLive = Layer.succeed(ReleaseTargets, {
  record: Effect.flatMap(opened, ({ openRecord }) => openRecord),
  platform: (platform, directory) => Effect.flatMap(opened, ({ openPlatform }) => openPlatform(platform, directory)),
  open: (platform, directory) => Effect.flatMap(opened, ({ openTarget }) => openTarget(platform, directory))
})
