/** A row that does not decode is a bug: the schemas of the table and of the code differ. */
import type { Schema } from "effect"
import { PermanentError } from "../../../src/domain/ServiceError.ts"

export const rowError = (error: Schema.SchemaError): PermanentError =>
  new PermanentError({
    code: "INTERNAL",
    message: "A row of the database does not have the shape this program expects.",
    cause: error
  })
