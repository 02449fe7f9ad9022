/** How what is old goes away. How long each kind is kept is a setting, or below. */
import { Duration } from "effect"
import { maxCallbackAge } from "./callbacks.ts"

/** Rows of each kind in one statement: so few that nobody waits for them. */
export const pruneBatch = 500

/** Between two sweeps, and the rounds of one: 30,000 rows of each kind a minute. */
export const pruneEvery = Duration.minutes(1)
export const pruneRounds = 60

/** Receipts of callbacks: a callback that comes again later is refused for its age. */
export const receiptsKept = Duration.times(maxCallbackAge, 2)

/** The turn of a user for whom nothing waits: who comes back later is a newcomer. */
export const turnsKept = Duration.days(1)
