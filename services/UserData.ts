/** All that is kept about one user: to hand it over, to erase it, and to show that nothing is left. */
import { Context, type Effect, type Option, type Schema } from "effect"
import type { DocumentId, UserId } from "../src/domain/Ids.ts"
import type { By } from "../src/domain/Principal.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

/** A row as it is stored, without secrets. */
export interface UserRecord {
  readonly table: string
  readonly row: Schema.Json
}

interface UserFile {
  readonly documentId: DocumentId
  readonly kind: "raw" | "parsed"
  readonly filename: string
}

/** Where an export continues: in which part, and after which key. */
export interface ExportPlace {
  readonly part: number
  readonly after: string
}

export interface ExportPage {
  readonly records: ReadonlyArray<UserRecord>
  /** The files of the documents on this page. */
  readonly files: ReadonlyArray<UserFile>
  readonly next: Option.Option<ExportPlace>
}

export interface Leftovers {
  /** Tables that still have rows of the user, apart from those that are kept on purpose. */
  readonly rows: ReadonlyArray<{ readonly table: string; readonly rows: number }>
  /** Deletes whose objects and parses no worker has removed yet. */
  readonly pendingErasures: number
}

export class UserData extends Context.Service<UserData, {
  /**
   * One page of everything about the user, documents first. Chunks and vectors are omitted: they are derived from the parsed
   * text, which is among the files.
   */
  readonly page: (user: UserId, place: ExportPlace) => Effect.Effect<ExportPage, ServiceError>
  /** Revokes the user's keys and removes the webhooks, so that nothing new arrives or leaves. */
  readonly close: (user: UserId, by: By) => Effect.Effect<void, ServiceError>
  /** Some of the user's documents, and how many there are. */
  readonly documents: (
    user: UserId,
    limit: number
  ) => Effect.Effect<{ readonly ids: ReadonlyArray<DocumentId>; readonly all: number }, ServiceError>
  /** Removes what is left once the documents are gone. Payments and the audit log stay: no text of documents. */
  readonly removeRest: (user: UserId, by: By) => Effect.Effect<void, ServiceError>
  /** What an erasure has not removed yet; nothing once it is complete. */
  readonly leftovers: (user: UserId) => Effect.Effect<Leftovers, ServiceError>
}>()("accessa/services/UserData") {}
