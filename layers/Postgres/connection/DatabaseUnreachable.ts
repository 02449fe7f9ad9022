/** Why the database cannot be used at startup; the message is for the operator and contains no password. */
import { Schema } from "effect"

export class DatabaseUnreachable extends Schema.TaggedError<DatabaseUnreachable>()("DatabaseUnreachable", {
  message: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {}
