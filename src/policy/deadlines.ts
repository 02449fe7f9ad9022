/** Deadlines. */
import { Duration } from "effect"

/** For one run of a stage, and for the steps in it that may take less. */
export const stageDeadline = {
  /** The local parser limits the work on each document itself; this includes the wait for its turn. */
  parse: Duration.hours(12),
  /** Uploading bytes to the provider. */
  submit: Duration.minutes(10),
  /** Downloading the provider's result. */
  collect: Duration.minutes(5),
  /** Work on one document's text: validating it and cutting it into chunks. */
  text: Duration.minutes(20),
  /** All of a document's vectors. */
  vectors: Duration.hours(2),
  /** Database statements only. */
  database: Duration.minutes(1)
} as const

/** An event stream ends after this time; clients reconnect. */
export const streamLife = Duration.minutes(5)

/**
 * From submission to the parser until the parse is given up. Sized for large documents, because the number of pages is not
 * yet known.
 */
export const parseDeadline = Duration.minutes(30)

/** How often a document is submitted before a parser without a result within the deadline counts as failed. */
export const parseAttempts = 2

/** The same if the parser forgot the parse, as the local parser does at each restart: such a parse did not hang. */
export const forgottenParseAttempts = 12

/** When the parser is polled next if no callback arrives: after a quarter of the time it has had, between 1 s and 20 s. */
export const pollDelay = (waited: Duration.Duration): Duration.Duration =>
  Duration.clamp(Duration.times(waited, 0.25), { minimum: Duration.seconds(1), maximum: Duration.seconds(20) })
