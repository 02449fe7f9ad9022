/** The paths that every storage accepts, validated before use: a path is never a user's file name. */
import { Effect } from "effect"
import type { Bucket } from "../../src/domain/objectPaths.ts"
import { PermanentError } from "../../src/domain/ServiceError.ts"

export interface ObjectPath {
  /** The folder in a file system, or the bucket in an object store. */
  readonly root: Bucket
  readonly key: string
  readonly path: string
}

// A segment starts with a letter or digit, which excludes `..`, hidden files and options; the characters are those that
// Supabase considers safe.
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

/** Not so where others keep objects in the same place. */
export const isObjectPath = (path: string): boolean => pattern.test(path)

export const objectMissing = ({ path, root }: ObjectPath): PermanentError =>
  new PermanentError({
    code: root === "raw" ? "RAW_MISSING" : "PARSED_MISSING",
    message: `There is no object ${path}.`,
    dependency: "storage"
  })
