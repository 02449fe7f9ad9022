/** The benchmark's documents: every Markdown file of a folder. */
import { Effect, FileSystem, Path } from "effect"

export const markdownFiles = Effect.fnUntraced(function*(folder: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const names = yield* fs.readDirectory(folder, { recursive: true })
  return names.filter((name) => name.endsWith(".md")).sort().map((name) => path.join(folder, name))
})
