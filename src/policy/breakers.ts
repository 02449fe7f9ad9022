/** When a service counts as out, and when it is asked again. One circuit a dependency: one that is out stops no other. */
import { Duration, Record } from "effect"
import { dependencyCodes, ErrorCode, errorCodes } from "../domain/ErrorCode.ts"

/** Our own call that a service is judged by. */
export const probe = {
  /** Of one try. */
  patience: Duration.seconds(15),
  /** One call in five may fail by chance; three in a row seldom do. */
  retries: 2,
  pause: Duration.millis(500),
  /** For so long a service that has just answered is believed to be well. */
  believed: Duration.seconds(1)
} as const

/** How long a circuit stays open before the service is asked again: 5 s at first, doubled with each failed look up to 30 s. */
export const openFor = (failures: number): Duration.Duration =>
  Duration.min(Duration.seconds(30), Duration.times(Duration.seconds(5), 2 ** Math.min(10, failures - 1)))

/** The same for a service that refuses us: a person has to do something first. */
export const haltedFor = Duration.minutes(1)

/** How long one worker may take to find out before another one may try. */
export const probeTime = Duration.minutes(2)

/** How long a job waits while somebody finds out. */
export const probePause = Duration.seconds(5)

/** How old a worker's knowledge of the others' circuits may be, should a notification be lost. */
export const circuitsRefreshed = Duration.seconds(10)

/** The service refuses us, not the document: not one more call until a person has acted. */
export const haltCodes: ReadonlySet<ErrorCode> = new Set(
  ErrorCode.literals.filter((code) => errorCodes[code].circuit === "halts")
)

/** We ask too often: the service is well, and says when to come back. */
export const rateCodes: ReadonlySet<ErrorCode> = new Set(
  ErrorCode.literals.filter((code) => errorCodes[code].circuit === "rate")
)

/** Refused by an open circuit. */
export const unavailableCode = Record.map(dependencyCodes, ({ unavailable }) => unavailable)

/** No answer within the stage's deadline. */
export const timeoutCode = Record.map(dependencyCodes, ({ timeout }) => timeout)
