/** Names a template database after the content of its migrations. */
import { Effect, FileSystem } from "effect"
import { fileURLToPath } from "node:url"
import { sha256 } from "../../../src/domain/hash.ts"

export const migrationsDirectory = fileURLToPath(new URL("../../../migrations", import.meta.url))

export const templateName = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const files = (yield* fs.readDirectory(migrationsDirectory)).filter((file) => /\.(ts|sql)$/.test(file)).sort()
  const texts = yield* Effect.forEach(files, (file) => fs.readFileString(`${migrationsDirectory}/${file}`))
  return sha256(JSON.stringify([files, texts])).slice(0, 16)
})
