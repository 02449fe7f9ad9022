/** A copy of a migrated PGlite directory: 0.4 s where a fresh one takes 4 s and a gigabyte. */
import { Effect, FileSystem, Layer } from "effect"
import { cpSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { DatabasePglite } from "../../../layers/Postgres/pglite/Pglite.ts"
import { DatabasePgliteInProcess } from "../../../layers/Postgres/pglite/PgliteInProcess.ts"
import { migrate } from "../../../layers/Postgres/schema/migrate.ts"
import { migrationsDirectory, templateName } from "./migrationsTemplate.ts"

const cache = fileURLToPath(new URL("../../../.cache", import.meta.url))

/** Created under another name and renamed when complete, because two test files may get here at the same time. */
export const pgliteTemplate = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const ready = `${cache}/pglite-${yield* templateName}`
  if (yield* fs.exists(ready)) return ready
  yield* fs.makeDirectory(cache, { recursive: true })
  const outdated = (yield* fs.readDirectory(cache)).filter((name) => name.startsWith("pglite-"))
  yield* Effect.forEach(outdated, (name) => fs.remove(`${cache}/${name}`, { recursive: true, force: true }))
  const draft = yield* fs.makeTempDirectoryScoped({ directory: cache })
  yield* migrate(migrationsDirectory).pipe(Effect.provide(DatabasePglite({ dataDir: draft })))
  yield* fs.rename(`${draft}/data`, ready).pipe(
    Effect.catchIf(
      () => true,
      (error) => Effect.flatMap(fs.exists(ready), (won) => won ? Effect.void : Effect.fail(error))
    )
  )
  return ready
}).pipe(Effect.scoped)

/** Copied by one native call: three times cheaper than file by file, which the tests would pay about a hundred times. */
export const copyPgliteTemplate = Effect.fnUntraced(function*(to: string) {
  const template = yield* pgliteTemplate
  yield* Effect.sync(() => cpSync(template, to, { recursive: true }))
})

export const PgliteCopy = Layer.unwrap(Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const directory = yield* fs.makeTempDirectoryScoped({ prefix: "accessa-test-" })
  yield* copyPgliteTemplate(`${directory}/data`)
  return DatabasePgliteInProcess({ dataDir: `${directory}/data` })
}))
