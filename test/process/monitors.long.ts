import { NodeServices } from "@effect/platform-node"
import { assert } from "@effect/vitest"
import { Clock, Config, Effect, FileSystem, Redacted, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { cwd } from "node:process"
import { freePort } from "../faults/PostgresPlace.ts"
import { startProcess } from "../faults/Process.ts"
import { onEachDatabase } from "../support/databases/Databases.ts"

interface Lease {
  readonly fence: number
  readonly judged: boolean
}

/** The lease, once it is another one than this and its holder has judged the rules. */
const leaseAfter = Effect.fnUntraced(function*(fence: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<Lease>`
    SELECT fence::float8 AS fence, coalesce(judged_at > now() - interval '3 seconds', false) AS judged FROM monitor_lease`
    .pipe(
      Effect.map(([row]) => row),
      Effect.repeat({
        schedule: Schedule.spaced("100 millis"),
        until: (row) => row !== undefined && row.fence > fence && row.judged
      }),
      Effect.flatMap(Effect.fromNullishOr)
    )
})

const startMonitor = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const sql = yield* SqlClient.SqlClient
  const [{ name } = { name: "" }] = yield* sql<{ readonly name: string }>`SELECT current_database() AS name`
  const url = new URL(Redacted.value(yield* Config.Redacted("DATABASE_URL")))
  url.pathname = `/${name}`
  const directory = yield* fs.makeTempDirectoryScoped()
  const port = yield* freePort
  return yield* startProcess({
    program: "monitor",
    directory: cwd(),
    env: {
      PATH: yield* Config.String("PATH"),
      HOME: directory,
      ACCESSA_DATA_DIR: directory,
      DATABASE_URL: url.href,
      MONITOR_PORT: String(port),
      ALERT_INTERVAL_SECONDS: "0.5"
    },
    logFile: `${directory}/monitor.log`,
    health: new URL(`http://127.0.0.1:${port}/health`)
  })
})

// The embedded database belongs to one process.
onEachDatabase("two monitors", (it, name) => {
  it.effect.skipIf(name === "pglite")(
    "a monitor that is killed is followed by the other one, and each alert is raised once",
    () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const first = yield* startMonitor
        const { fence } = yield* leaseAfter(0)
        const second = yield* startMonitor
        assert.notInclude(second.output(), "now evaluates the alert rules")
        yield* first.kill
        assert.strictEqual((yield* leaseAfter(fence)).fence, fence + 1)
        assert.include(second.output(), "now evaluates the alert rules")
        const alerts = yield* sql`SELECT key FROM alerts GROUP BY key HAVING count(*) > 1`
        assert.deepStrictEqual(alerts, [])
        yield* second.signal("SIGTERM")
        yield* second.exited
        const [left] = yield* sql<{ readonly free: boolean }>`SELECT lease_until <= now() AS free FROM monitor_lease`
        assert.isTrue(left?.free, "one that stops gives the lease back")
      }).pipe(
        Effect.scoped,
        Effect.provide(NodeServices.layer),
        Effect.provideService(Clock.Clock, Clock.Clock.defaultValue())
      ),
    180_000
  )
})
