/** camelCase inside, snake_case in rows and in JSON: keys are converted here. */
import { Record, Schema, String } from "effect"

/** A struct whose keys are in snake_case where it is encoded. `.to.fields` are the fields, for a struct that has more. */
export const snakeKeys = <const F extends Schema.Struct.Fields>(fields: F) =>
  Schema.Struct(fields).pipe(Schema.encodeKeys(Record.map(fields, (_, key) => String.camelToSnake(key))))
