/** How expired rows are removed. How long each kind is kept is a setting, or listed below. */
import { Duration } from "effect"
import { maxCallbackAge } from "./callbacks.ts"

/** Rows of each kind per statement: few enough not to delay other statements. */
export const pruneBatch = 500

/** The interval between sweeps, and the rounds of one sweep: up to 30,000 rows of each kind per minute. */
export const pruneEvery = Duration.minutes(1)
export const pruneRounds = 60

/** Received callbacks: a later repetition is refused as too old. */
export const receiptsKept = Duration.times(maxCallbackAge, 2)

/** The turn of a user with no waiting jobs: a user who returns later counts as new. */
export const turnsKept = Duration.days(1)
