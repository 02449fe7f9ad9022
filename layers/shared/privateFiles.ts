/**
 * Makes files private to their owner, including existing ones with wider modes: earlier releases created such files, and
 * the embedded database creates its first files world-readable regardless of the umask.
 */
import { chmodSync, lstatSync, readdirSync, realpathSync } from "node:fs"
import { join, sep } from "node:path"
import { cwd } from "node:process"

/** The names in a data directory that belong to us; other files are left alone. */
const kept = ["data", "logs", "lock", "local-key", "local-key.new", "stack.pid"]

/** Directories (not links) from the inside out, so that a closed directory contains no open one. */
export const makeTreePrivate = (path: string): void => {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined || stat.isSymbolicLink()) return
  if (stat.isDirectory()) { for (const name of readdirSync(path)) makeTreePrivate(join(path, name)) }
  if (isOpen(stat.mode)) close(path, stat.mode)
}

/**
 * The directory itself and our files in it. Documents may be many, so they are checked only while their folder is open to
 * others. A directory that others need to traverse, such as `/tmp` or the working directory, is left as it is.
 */
export const makeDataDirectoryPrivate = (dataDir: string): void => {
  if (lstatSync(dataDir, { throwIfNoEntry: false }) === undefined) return
  const directory = realpathSync(dataDir)
  const { mode } = lstatSync(directory)
  const isShared = (mode & 0o1000) !== 0 || isWithin(realpathSync(cwd()), directory)
  if (isOpen(mode) && !isShared) close(directory, mode)
  for (const name of kept) makeTreePrivate(join(directory, name))
  const storage = lstatSync(join(directory, "storage"), { throwIfNoEntry: false })
  if (storage !== undefined && isOpen(storage.mode)) makeTreePrivate(join(directory, "storage"))
}

const isWithin = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(join(outer, sep))

const isOpen = (mode: number): boolean => (mode & 0o077) !== 0

/** Another process may have removed it meanwhile. */
const close = (path: string, mode: number): void => {
  try {
    chmodSync(path, mode & 0o700)
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error
  }
}
