/** The paths every storage accepts, checked before any of them is touched: a path is never a user's file name. */
import { Effect } from "effect"
import type { Bucket } from "../../src/domain/objectPaths.ts"
import { PermanentError } from "../../src/domain/ServiceError.ts"

export interface ObjectPath {
  /** The folder of a file system, the bucket of an object store. */
  readonly root: Bucket
  readonly key: string
  readonly path: string
}

// A segment starts with a letter or digit, so `..`, hidden files and options are out; the set is Supabase's safe one.
const pattern = /^(raw|parsed)\/((?:[A-Za-z0-9][A-Za-z0-9._-]{0,199}\/)?[A-Za-z0-9][A-Za-z0-9._-]{0,199})$/

export const objectPath = (path: string): Effect.Effect<ObjectPath, PermanentError> => {
  const [, root, key] = pattern.exec(path) ?? []
  return (root === "raw" || root === "parsed") && key !== undefined
    ? Effect.succeed({ root, key, path })
    : Effect.fail(
      new PermanentError({
        code: "INTERNAL",
        message: `${JSON.stringify(path.slice(0, 80))} is not a storage path.`,
        dependency: "storage"
      })
    )
}

export const objectMissing = ({ path, root }: ObjectPath): PermanentError =>
  new PermanentError({
    code: root === "raw" ? "RAW_MISSING" : "PARSED_MISSING",
    message: `There is no object ${path}.`,
    dependency: "storage"
  })
