/** A database directory held in memory, as a file system for PGlite: each database starts with the same files. */
import { MemoryFS } from "@electric-sql/pglite"
import { readdirSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"

interface Entry {
  readonly path: string
  /** Undefined for a directory. */
  readonly bytes: Uint8Array | undefined
}

export const readTemplate = (directory: string): ReadonlyArray<Entry> =>
  readdirSync(directory, { recursive: true, withFileTypes: true }).map((entry) => {
    const file = join(entry.parentPath, entry.name)
    // Not a Buffer: its `slice` shares memory, and the file system relies on a copy.
    const bytes = entry.isDirectory() ? undefined : new Uint8Array(readFileSync(file))
    return { path: relative(directory, file), bytes }
  })

export class TemplateFiles extends MemoryFS {
  readonly #entries: ReadonlyArray<Entry>

  constructor(entries: ReadonlyArray<Entry>) {
    super()
    this.#entries = entries
  }

  override async initialSyncFs() {
    const files = this.pg?.Module.FS
    if (files === undefined) return
    const root = "/pglite/data"
    files.mkdir(root, 0o700)
    for (const { bytes, path } of this.#entries) {
      if (bytes === undefined) files.mkdir(`${root}/${path}`, 0o700)
      else files.writeFile(`${root}/${path}`, bytes)
    }
  }
}
