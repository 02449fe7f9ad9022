/** The alerts as a process wires them from its settings: an open one reaches the webhook, and so does its end. */
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Config, ConfigProvider, Effect, FileSystem, Layer, Option, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { AlertPortsLater } from "../../layers/App/AlertPorts.ts"
import { DatabasePostgres } from "../../layers/Postgres/connection/Postgres.ts"
import { AlertingLive } from "../../src/process/alertingLayer.ts"
import { Settings } from "../../src/settings/Settings.ts"
import { watchAlerts } from "../alerts/AlertWatch.ts"
import { serverDatabase } from "../support/databases/serverDatabase.ts"

const server = Effect.runSync(Config.option(Config.Redacted("DATABASE_URL")))

const addWorker = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) =>
    sql`INSERT INTO workers (worker_id, hostname, pid, version, state, jobs, stale_writes)
      VALUES (gen_random_uuid(), 'here', 1, '1', 'running', 0, 0)`
)

it.live.skipIf(Option.isNone(server))(
  "the webhook of the settings is notified that no worker runs, and again when one does",
  () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const url = (yield* serverDatabase) ?? assert.fail("there is no server")
      const { settings, untilNotice } = yield* watchAlerts
      const env = {
        ...settings,
        DATABASE_URL: url,
        ACCESSA_DATA_DIR: yield* fs.makeTempDirectoryScoped(),
        ALERT_RULES: "NO_WORKER for=0s cooldown=0s",
        ALERT_INTERVAL_SECONDS: "1"
      }
      yield* Layer.build(
        AlertingLive.pipe(
          Layer.provide(AlertPortsLater),
          Layer.provide(Layer.provide(Settings.layer, ConfigProvider.layer(ConfigProvider.fromEnv({ env }))))
        )
      )
      const fired = yield* untilNotice("NO_WORKER", "firing", "1 minute")
      assert.include(fired.notice.description, "No worker is running")
      yield* Effect.provide(
        addWorker,
        DatabasePostgres({ url: Redacted.make(url), maxConnections: 1, applicationName: "test", as: "login" })
      )
      const resolved = yield* untilNotice("NO_WORKER", "resolved", "1 minute")
      assert.strictEqual(resolved.notice.alert_id, fired.notice.alert_id)
    }).pipe(Effect.provide(NodeServices.layer), Effect.scoped)
)
