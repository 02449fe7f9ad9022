/** What a check of the installation expected and found, and how to repair it. */
import { Schema } from "effect"

export const Finding = Schema.Struct({
  name: Schema.String,
  ok: Schema.Boolean,
  expected: Schema.String,
  found: Schema.String,
  /** Empty if there is nothing to do. */
  repair: Schema.String
})
export type Finding = typeof Finding.Type

export interface Check {
  readonly name: string
  readonly expected: string
  /** The text for a check that passes. */
  readonly sound: string
  readonly repair: string
}

/** A check passes if it finds no fault. */
export const finding = ({ expected, name, repair, sound }: Check, faults: ReadonlyArray<string>): Finding =>
  faults.length === 0
    ? { name, ok: true, expected, found: sound, repair: "" }
    : { name, ok: false, expected, found: listed(faults), repair }

const shown = 5

const listed = (faults: ReadonlyArray<string>): string =>
  faults.length <= shown
    ? faults.join("; ")
    : `${faults.slice(0, shown).join("; ")}; and ${faults.length - shown} more`
