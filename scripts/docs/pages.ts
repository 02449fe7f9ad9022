/** What is generated from the code: pages, and the types of the clients. */
import { Effect, FileSystem } from "effect"
import { clientFiles } from "../clients/files.ts"
import { alertsPage } from "./alerts.ts"
import { authorization } from "./authorization.ts"
import { errors } from "./errors.ts"
import { limits } from "./limits.ts"
import { metricsPage } from "./metrics.ts"
import { envExample, settings } from "./settings.ts"
import { stateMachine, statePicture } from "./stateMachine.ts"
import { telemetryPage } from "./telemetry.ts"
import { validationPage } from "./validation.ts"

interface DocPage {
  readonly path: string
  readonly text: string
}

/** Paths are relative to the working directory, which is the project's. */
export const docPages = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const pages: ReadonlyArray<DocPage> = [
    { path: "docs/alerts.md", text: alertsPage() },
    { path: "docs/authorization.md", text: authorization() },
    { path: "docs/errors.md", text: errors() },
    { path: "docs/limits.md", text: limits() },
    { path: "docs/metrics.md", text: metricsPage() },
    { path: ".env.example", text: envExample() },
    { path: "docs/settings.md", text: settings() },
    { path: "docs/telemetry.md", text: telemetryPage() },
    { path: "docs/state-machine.md", text: stateMachine() },
    { path: "docs/validation.md", text: validationPage() },
    ...clientFiles(),
    { path: "README.md", text: withPicture(yield* fs.readFileString("README.md")) }
  ]
  return pages
})

const withPicture = (readme: string): string =>
  readme.replace(/```mermaid\nstateDiagram-v2\n.*?\n```(?=\n)/su, () => statePicture())
