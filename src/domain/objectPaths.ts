/** What objects are called. Each upload and each attempt at a parse has a name of its own, so that none is ever written twice. */
import type { DocumentId, JobId, UserId } from "./Ids.ts"

/** `upload`: an id that no other upload has. */
export const rawPath = (user: UserId, document: DocumentId, upload: string, extension: string): string =>
  `raw/${user}/${document}-${upload}.${extension}`

/** A fence is the number of one worker's holding of the job: whoever is to remove what all of them wrote can tell the names. */
export const parsedPath = (user: UserId, document: DocumentId, job: JobId, fence: bigint): string =>
  `parsed/${user}/${document}-${job}-${fence}.md`

/** Whose an object is and of which document, whatever its name goes on with; undefined for what is no document's. */
export const ownerOf = (path: string): { readonly user: string; readonly document: string } | undefined => {
  const [, user, document] = /^(?:raw|parsed)\/([0-9a-f-]{36})\/([0-9a-f-]{36})[-.]/.exec(path) ?? []
  return user === undefined || document === undefined ? undefined : { user, document }
}
