/** How long things may take. */
import { Duration } from "effect"

/** One run of one stage, by what it waits for. */
export const stageDeadline = {
  /** Bytes go up to the provider. */
  submit: Duration.minutes(10),
  /** The provider's answer comes down. */
  collect: Duration.minutes(5),
  /** A parser of our own bounds the work on each document itself; what comes before that is the wait for its turn. */
  parseHere: Duration.hours(12),
  /** Our own work on one document's text. */
  text: Duration.minutes(10),
  /** All of a document's vectors. */
  embed: Duration.hours(2),
  /** Nothing but the database. */
  database: Duration.minutes(1)
} as const

/** Then an event stream ends, and whoever still may comes back for the rest. */
export const streamLife = Duration.minutes(5)

/** From the hand-over to the parser until it is given up: 120 s for each 50 pages, whose number nobody knows yet. */
export const parseDeadline = Duration.minutes(30)

/** How often a document is handed over before a parser that has no result within its deadline has failed. */
export const parseAttempts = 2

/** The same of a parser that has forgotten the parse, as one that lives with us does at each restart: it had no time to hang. */
export const forgottenParseAttempts = 12

/** How soon the parser is asked again if no callback comes: a quarter of the time it has had, within 1 s and 20 s. */
export const pollDelay = (waited: Duration.Duration): Duration.Duration =>
  Duration.clamp(Duration.times(waited, 0.25), { minimum: Duration.seconds(1), maximum: Duration.seconds(20) })
