/** What this process is made of: its version, Node's, and the shapes of its settings. */
import { Effect } from "effect"
import { version as nodeVersion } from "node:process"
import type { ProcessInstallation } from "../domain/Installation.ts"
import { Settings } from "../settings/Settings.ts"
import { nearMisses, settingShapes } from "../settings/shapes.ts"

export const thisInstallation = Effect.gen(function*() {
  const { env, version } = yield* Settings
  const installation: ProcessInstallation = {
    environment: env,
    version,
    node: nodeVersion,
    settings: yield* settingShapes,
    nearMisses: yield* nearMisses
  }
  return installation
})
