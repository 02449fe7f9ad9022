/** How expired rows are removed. How long each kind is kept is a setting, or listed below. */
import { Duration } from "effect"
import { maxCallbackAge } from "./callbacks.ts"

/** Rows of each kind per statement: few enough not to delay other statements. */
export const pruneBatch = 500

/** The interval between sweeps of a kind that is caught up. */
export const pruneEvery = Duration.minutes(1)
/** Between the rounds of a sweep, in proportion to the last round: it takes half a connection at most. */
export const pruneRest = 1
/** How often a long sweep is logged. */
export const pruneReport = Duration.seconds(30)

/** Entries of the audit log per row of its archive. */
export const auditSegment = 500

/** A later repetition of a callback is refused as too old, an earlier one is recognized by its row: keep no less. */
export const callbacksKeptAtLeast = Duration.times(maxCallbackAge, 2)

/** The turn of a user with no waiting jobs: a user who returns later counts as new. */
export const turnsKept = Duration.days(1)

/** A kind that has not been caught up for this long, or not looked at, is behind. */
export const behindAfter = Duration.hours(1)

/** Sizes are recorded this often, and growth is measured over this long. */
export const sizesEvery = Duration.hours(1)
export const growthOver = Duration.days(7)

/** How long documents usually take is the median of the hours of this time. */
export const usualOver = Duration.days(7)
