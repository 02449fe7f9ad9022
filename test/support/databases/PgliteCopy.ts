/** A copy of a migrated PGlite directory: 0.25 s where a fresh one takes 4 s and a gigabyte. */
import { Effect, FileSystem, Layer } from "effect"
import { cpSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { DatabasePglite } from "../../../layers/Postgres/pglite/Pglite.ts"
import { DatabasePgliteInProcess } from "../../../layers/Postgres/pglite/PgliteInProcess.ts"
import { migrate } from "../../../layers/Postgres/schema/migrate.ts"
import { migrationsDirectory, templateName } from "./migrationsTemplate.ts"
import { readTemplate, TemplateFiles } from "./TemplateFiles.ts"

const cache = fileURLToPath(new URL("../../../.cache", import.meta.url))

/** Created under another name and renamed when complete, because two test files may get here at the same time. */
const pgliteTemplate = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const ready = `${cache}/pglite-${yield* templateName}`
  if (yield* fs.exists(ready)) return ready
  yield* fs.makeDirectory(cache, { recursive: true })
  const outdated = (yield* fs.readDirectory(cache)).filter((name) => name.startsWith("pglite-"))
  yield* Effect.forEach(outdated, (name) => fs.remove(`${cache}/${name}`, { recursive: true, force: true }))
  const draft = yield* fs.makeTempDirectoryScoped({ directory: cache })
  // What a first start that was killed has left: this one must replace it.
  yield* fs.makeDirectory(`${draft}/data.unfinished`)
  yield* fs.writeFileString(`${draft}/data.unfinished/PG_VERSION`, "18\n")
  yield* migrate(migrationsDirectory).pipe(Effect.provide(DatabasePglite({ dataDir: draft })))
  // `template1` and `template0`, more than half of the files, are never opened.
  for (const unused of [1, 4]) yield* fs.remove(`${draft}/data/base/${unused}`, { recursive: true })
  yield* fs.rename(`${draft}/data`, ready).pipe(
    Effect.catchIf(
      () => true,
      (error) => Effect.flatMap(fs.exists(ready), (won) => won ? Effect.void : Effect.fail(error))
    )
  )
  return ready
}).pipe(Effect.scoped)

/** For a process of its own. */
export const copyPgliteTemplate = Effect.fnUntraced(function*(to: string) {
  const template = yield* pgliteTemplate
  yield* Effect.sync(() => cpSync(template, to, { recursive: true }))
})

/** Read once per process: writing the files to disk for each database would take as long as opening it. */
const entries = Effect.runSync(Effect.cached(Effect.map(pgliteTemplate, readTemplate)))

export const PgliteCopy = Layer.unwrap(
  Effect.map(entries, (each) => DatabasePgliteInProcess({ dataDir: new TemplateFiles(each) }))
)
