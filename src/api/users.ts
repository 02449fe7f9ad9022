/** What is kept about one user, for admins: exported, erased, and searched for afterwards. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { DocumentId, UserId } from "../domain/Ids.ts"
import { snakeKeys } from "../domain/snakeKeys.ts"
import { Access } from "./Access.ts"
import { ConcurrencyLimit, RequiredRole } from "./annotations.ts"
import { cursor, reason, writtenReason } from "./fields.ts"
import { Conflict, NotFound } from "./Problem.ts"

const FileKind = Schema.Literals(["raw", "parsed"])

export const ExportedFile = snakeKeys({ documentId: DocumentId, kind: FileKind, filename: Schema.String })

/** `next_cursor` is null on the last page. */
const UserExport = snakeKeys({
  /** Rows as they are stored, without secrets, chunks and vectors. */
  records: Schema.Array(Schema.Struct({ table: Schema.String, row: Schema.Json })),
  /** The files of the documents on this page: `raw` as uploaded, `parsed` as Markdown. */
  files: Schema.Array(ExportedFile),
  nextCursor: Schema.NullOr(Schema.String)
})

const ErasureProgress = snakeKeys({
  /** Documents that this request deleted. */
  erased: Schema.Int,
  /** Documents that are left: repeat the request until there are none. */
  remaining: Schema.Int
})

export const LeftoversView = snakeKeys({
  /** Tables that still have rows of the user, apart from payments and the audit log. */
  rows: Schema.Array(Schema.Struct({ table: Schema.String, rows: Schema.Int })),
  /** Objects in the storage under the user's id. */
  objects: Schema.Int,
  /** Deletes that a worker has not carried out in the storage and at the parser yet. */
  pendingErasures: Schema.Int
})

const user = { user_id: UserId }

export class UsersGroup
  extends HttpApiGroup.make("users").annotate(OpenApi.Description, "A user's data as a whole, for admins.").add(
    HttpApiEndpoint.get("export", "/:user_id/export", {
      params: user,
      query: { cursor },
      headers: reason,
      success: UserExport
    }).annotate(OpenApi.Summary, "Everything that is kept about a user, page by page").annotate(
      OpenApi.Description,
      "Rows as they are stored, without secrets, chunks and vectors, and the files to fetch for them."
    ),
    HttpApiEndpoint.get("file", "/:user_id/documents/:document_id/files/:kind", {
      params: { ...user, document_id: DocumentId, kind: FileKind },
      headers: reason,
      success: Schema.Uint8Array.pipe(HttpApiSchema.asUint8Array()),
      error: NotFound
    }).annotate(OpenApi.Summary, "A file of a user's document, for the export").annotate(
      OpenApi.Description,
      "`raw` is the file as uploaded, `parsed` its text."
    ).annotate(ConcurrencyLimit, "list"),
    HttpApiEndpoint.post("erase", "/:user_id/erase", {
      params: user,
      payload: Schema.Struct({ reason: writtenReason }),
      success: ErasureProgress,
      error: Conflict
    }).annotate(OpenApi.Summary, "Delete a user's documents, keys, webhooks and settings, some at a time").annotate(
      OpenApi.Description,
      "Repeat the request until no documents remain. It cannot be undone."
    ),
    HttpApiEndpoint.get("leftovers", "/:user_id/leftovers", { params: user, success: LeftoversView }).annotate(
      OpenApi.Summary,
      "What is left of a user in the tables and in the storage"
    ).annotate(OpenApi.Description, "Proves that an erasure is complete.").annotate(ConcurrencyLimit, "check")
  ).annotateEndpoints(RequiredRole, "admin").middleware(Access).prefix("/api/v1/users")
{}
