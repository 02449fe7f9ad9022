import { Schema } from "effect"

/**
 * `Schema.NullOr` for types that are transformed, such as times. Null comes first, because a failed transformation takes the
 * parser off its synchronous path: an encoded null costs 2.4 µs where it comes last, 0.3 here, and the answer to a look at a
 * job has up to nine.
 */
export const nullFirst = <S extends Schema.Constraint>(schema: S) => Schema.Union([Schema.Null, schema])
