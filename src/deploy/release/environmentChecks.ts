/** Which checks of `accessa deploy validate` are meaningful at which step. */
import { Effect } from "effect"
import type { CheckResult } from "../CheckResult.ts"
import type { Group } from "../validate/Check.ts"
import type { Gathering } from "../validate/facts/gather.ts"
import { validate } from "../validate/validate.ts"

type Environment = Omit<Gathering, "wanted" | "onSeen" | "release" | "from">

/** They compare what runs with the release that this command is part of. */
const ofThisRelease = new Set([
  "database migrations",
  "database schema",
  "api_server release",
  "api_server contract",
  "api_server without_key",
  "api_server with_key",
  "worker_process release",
  "worker_process receipt",
  "configuration names",
  "configuration optional"
])

const quick = new Set([
  "api_server ready",
  "api_server release",
  "worker_process heartbeat",
  "worker_process count",
  "worker_process release",
  "worker_process canary"
])

export const environmentChecks = (environment: Environment) => {
  const look = (
    only: ReadonlyArray<Group>,
    release: string | undefined,
    from: Gathering["from"],
    counts: (name: string) => boolean
  ) =>
    Effect.map(
      validate({ ...environment, only, release, from, onSeen: () => Effect.void }),
      (results): ReadonlyArray<CheckResult> => results.filter(({ check, group }) => counts(`${group} ${check}`))
    )
  return {
    /** Of what runs now, before anything changes. */
    before: look([], undefined, "api", (name) => !ofThisRelease.has(name)),
    deployed: (version: string) => look([], version, "worker", () => true),
    health: (version: string) => look(["api_server", "worker_process"], version, "api", (name) => quick.has(name))
  }
}
