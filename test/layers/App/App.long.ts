/**
 * A first start on an empty data directory: every connection after the migrations has the pipeline's role. In the test
 * command, the template of the embedded database is made by such a start.
 */
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Layer } from "effect"
import { LoginDatabase } from "../../../layers/App/Database.ts"
import { accepts, role, withSettings } from "./firstStart.ts"

it.live(
  "starts with a data directory that is empty but for what a killed first start has left",
  () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const dataDir = yield* fs.makeTempDirectoryScoped()
      yield* fs.makeDirectory(`${dataDir}/data.unfinished`)
      yield* fs.writeFileString(`${dataDir}/data.unfinished/PG_VERSION`, "18\n")
      const settings = withSettings({ ACCESSA_DATA_DIR: dataDir })
      yield* Effect.provide(accepts, settings)
      assert.includeMembers(yield* fs.readDirectory(dataDir), ["data", "lock"])
      assert.isFalse(yield* fs.exists(`${dataDir}/data.unfinished`))
      // Opened again, by a program that does not migrate.
      assert.strictEqual(yield* Effect.provide(role, Layer.provide(LoginDatabase, settings)), "accessa_service")
    }).pipe(Effect.provide(NodeServices.layer)),
  180_000
)
