/** How the baseline is measured and how differences are judged. */
import { Duration } from "effect"

/** How many times the documents are sent by default: enough that three odd rounds do not decide. */
export const baselineRounds = 15

/** The confidence of the interval in which the median of a time lies. */
export const confidence = 0.95

/** A stage may take this many times as long as recorded. */
export const toleratedSlowness = 1.5

/** A slower control excuses this much at most: with the tolerance, three times the recorded time still fails. */
export const excusedSlowness = 1.5

/** A smaller difference does not matter, even if it is a large share. */
export const leastDifference = Duration.millis(50)

/** A control whose median is known no better than within this factor, or has changed by more, says nothing. */
export const controlSpread = 3

/** Between two measurements of the control while the documents are on their way. */
export const controlInterval = Duration.millis(100)

/** For the documents of one round. */
export const roundPatience = Duration.seconds(90)
