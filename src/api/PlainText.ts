/** Text that every database, log and JSON reader accepts: no U+0000, no lone surrogates. */
import { Schema } from "effect"

// oxlint-disable-next-line no-control-regex
const pattern = /^[^\u0000\ud800-\udfff]*$/u
const plain = Schema.isPattern(pattern)

/** Every text of a request that reaches a row has one of these two types. */
export const PlainText = Schema.String.check(plain)
/** Without the white space around it. */
export const TrimmedText = Schema.Trim.check(plain)

/** An object whose names and texts are plain, however deep they are. */
export const PlainObject = Schema.Record(Schema.String, Schema.Json).check(Schema.makeFilter((object) => {
  let isPlain = true
  JSON.stringify(object, (name, value: unknown) => {
    isPlain &&= pattern.test(name) && (typeof value !== "string" || pattern.test(value))
    return value
  })
  return isPlain || "Contains U+0000 or half of a surrogate pair."
}))
