/** What holds after a first start. */
import { NodeServices } from "@effect/platform-node"
import { assert } from "@effect/vitest"
import { ConfigProvider, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { Stores } from "../../../layers/App/Stores.ts"
import { Documents } from "../../../services/Documents.ts"
import { Settings } from "../../../src/settings/Settings.ts"
import { anUpload } from "../../support/builders/jobInMemory.ts"

export const withSettings = (env: Readonly<Record<string, string>>) =>
  Settings.layer.pipe(
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))),
    Layer.provideMerge(NodeServices.layer)
  )

export const role = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly current_user: string }>`SELECT current_user`
  return row?.current_user
})

/** The stores work, and every connection is the service's. */
export const accepts = Effect.gen(function*() {
  const { accept } = yield* Documents
  assert.strictEqual((yield* accept(anUpload()))._tag, "Accepted")
  assert.strictEqual(yield* role, "accessa_service")
}).pipe(Effect.provide(Stores))
