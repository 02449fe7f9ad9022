/** What the monitor sees besides the database: the disk, and whether the API is ready. */
import { Effect, Schema } from "effect"
import { HttpClient } from "effect/http"
import { statfs } from "node:fs/promises"
import { readinessPatience } from "../../policy/alerts.ts"
import type { Surroundings } from "../detectors/Detector.ts"

const Readiness = Schema.Struct({
  checks: Schema.Array(Schema.Struct({ name: Schema.String, ok: Schema.Boolean, detail: Schema.String }))
})
const decode = Schema.decodeUnknownEffect(Readiness)

/** Failed checks of the database, the workers and the providers have rules of their own. */
const ours: ReadonlySet<string> = new Set(["storage", "intake"])

export const apiReadiness = Effect.fnUntraced(function*(apiUrl: URL) {
  const client = yield* HttpClient.HttpClient
  return yield* client.get(new URL("/health/ready", apiUrl)).pipe(
    Effect.flatMap(({ json }) => json),
    Effect.flatMap(decode),
    Effect.map(({ checks }) =>
      checks.filter(({ name, ok }) => !ok && ours.has(name)).map(({ detail, name }) => `${name}: ${detail}`).join(" ")
    ),
    Effect.timeoutOrElse({
      duration: readinessPatience,
      orElse: () => Effect.succeed(`The API at ${apiUrl.origin} does not answer /health/ready.`)
    }),
    Effect.catch(() => Effect.succeed(`The API at ${apiUrl.origin} does not answer /health/ready.`)),
    Effect.map((problem): Surroundings["api"] => ({ problem }))
  )
})

export const diskSpace = (path: string): Effect.Effect<Surroundings["disk"]> =>
  Effect.tryPromise(() => statfs(path)).pipe(
    Effect.map(({ bavail, blocks, bsize }) => ({ path, freeBytes: bavail * bsize, totalBytes: blocks * bsize })),
    Effect.catch(() => Effect.succeed(null))
  )
