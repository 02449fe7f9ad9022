/**
 * A file system of a few megabytes, which a case fills up and empties. It is in memory, and mounted for as long as its
 * scope.
 */
import { Effect, type Scope } from "effect"
import { spawnSync } from "node:child_process"
import { chmodSync, closeSync, fstatSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { platform } from "node:process"
import { Unexpected } from "./Case.ts"

export interface SmallDisk {
  readonly directory: string
  /** Down to this many free bytes. */
  readonly fill: (leaving?: number) => Effect.Effect<void>
  readonly empty: Effect.Effect<void>
}

export const smallDisk = (
  megabytes: number,
  directory: string = mkdtempSync(join(tmpdir(), "accessa-faults-disk-"))
): Effect.Effect<SmallDisk, Unexpected, Scope.Scope> =>
  Effect.gen(function*() {
    yield* Effect.acquireRelease(
      Effect.suspend(() =>
        mount(megabytes, directory)
          ? Effect.void
          : Effect.fail(new Unexpected({ message: "No file system could be mounted." }))
      ),
      () => Effect.sync(() => unmount(directory))
    )
    const ballast = join(directory, "ballast")
    return {
      directory,
      fill: (leaving = 0) => Effect.sync(() => fill(ballast, leaving)),
      empty: Effect.sync(() => rmSync(ballast, { force: true }))
    }
  })

export const canMount = (): boolean => {
  const directory = mkdtempSync(join(tmpdir(), "accessa-faults-disk-"))
  const mounted = platform === "linux" && mount(1, directory)
  unmount(directory)
  return mounted
}

const mount = (megabytes: number, directory: string): boolean => {
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "accessa-faults", directory])
  // The database's server runs as another user.
  if (status === 0) chmodSync(directory, 0o777)
  return status === 0
}

const unmount = (directory: string): void => {
  spawnSync("umount", ["--lazy", directory])
  rmSync(directory, { recursive: true, force: true })
}

const fill = (path: string, leaving: number): void => {
  const file = openSync(path, "a")
  try {
    for (const size of [1_048_576, 4_096]) fillWith(file, Buffer.alloc(size, "ballast "))
    ftruncateSync(file, fstatSync(file).size - leaving)
  } finally {
    closeSync(file)
  }
}

const fillWith = (file: number, bytes: Buffer): void => {
  try {
    while (writeSync(file, bytes) > 0);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error
  }
}
