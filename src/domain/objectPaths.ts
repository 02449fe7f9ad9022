/** The names of stored objects. Each upload and each parse attempt has its own name, so no object is ever overwritten. */
import type { DocumentId, JobId, UserId } from "./Ids.ts"

export type Bucket = "raw" | "parsed"

/** `upload`: an id that no other upload has. */
export const rawPath = (user: UserId, document: DocumentId, upload: string, extension: string): string =>
  `raw/${user}/${document}-${upload}.${extension}`

/** The name contains the fence, so the names that any worker may have written can be derived for removal. */
export const parsedPath = (user: UserId, document: DocumentId, job: JobId, fence: bigint): string =>
  `parsed/${user}/${document}-${job}-${fence}.md`

/** The user and document an object belongs to, regardless of the rest of its name; undefined if it belongs to no document. */
export const ownerOf = (path: string): { readonly user: string; readonly document: string } | undefined => {
  const [, user, document] = /^(?:raw|parsed)\/([0-9a-f-]{36})\/([0-9a-f-]{36})[-.]/.exec(path) ?? []
  return user === undefined || document === undefined ? undefined : { user, document }
}
