/** Why there is no database to start with; the sentence is for whoever started the program, and holds no password. */
import { Schema } from "effect"

export class DatabaseUnreachable extends Schema.TaggedError<DatabaseUnreachable>()("DatabaseUnreachable", {
  message: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {}
