/** The files of a bucket's folder, one folder at a time, with only a few names in memory. */
import type { Dirent } from "node:fs"
import { opendir, stat } from "node:fs/promises"
import type { ListedObject } from "../../../services/ObjectStorage.ts"

export const listFiles = async function*(directory: string, path: string, depth = 2): AsyncGenerator<ListedObject> {
  for await (const entry of entriesOf(`${directory}/${path}`)) {
    const below = `${path}/${entry.name}`
    if (entry.isDirectory() && depth > 1) yield* listFiles(directory, below, depth - 1)
    if (!entry.isFile()) continue
    const found = await stat(`${directory}/${below}`).catch(unlessAbsent)
    if (found !== undefined) yield { path: below, bytes: found.size, storedAt: found.mtimeMs }
  }
}

/** The folder does not exist until the first write. */
const entriesOf = async function*(folder: string): AsyncGenerator<Dirent> {
  const entries = await opendir(folder).catch(unlessAbsent)
  if (entries !== undefined) yield* entries
}

const unlessAbsent = (error: unknown): undefined => {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined
  throw error
}
