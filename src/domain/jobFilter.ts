/**
 * The filter language of jobs, the same in the dashboard, the API and the CLI: `status:failed_parse age:>10m` and the like.
 * A word without a colon searches file names and ids. An unknown word is refused, never ignored, because bulk actions use
 * filters.
 */
import { Duration, Option, Result } from "effect"
import { ErrorCode } from "./ErrorCode.ts"
import { JobStatus } from "./JobStatus.ts"
import { nearestName } from "./nearestName.ts"

export type JobTerm =
  | { readonly _tag: "status"; readonly statuses: ReadonlyArray<JobStatus> }
  | { readonly _tag: "is"; readonly state: "open" | "failed" | "complete" | "parked" | "retrying" }
  | { readonly _tag: "errorCode"; readonly codes: ReadonlyArray<ErrorCode> }
  | { readonly _tag: "fingerprint"; readonly digits: string }
  | { readonly _tag: "user"; readonly ids: ReadonlyArray<string> }
  | { readonly _tag: "id"; readonly ids: ReadonlyArray<string> }
  | { readonly _tag: "age" | "created"; readonly over: boolean; readonly milliseconds: number }
  | { readonly _tag: "cost"; readonly over: boolean; readonly usd: number }
  | { readonly _tag: "word"; readonly text: string }

export type JobFilter = ReadonlyArray<JobTerm>

const states = ["open", "failed", "complete", "parked", "retrying"] as const
const names = ["status", "is", "error_code", "fingerprint", "user", "id", "age", "created", "cost"] as const

/** A sentence that says what is wrong with the filter. */
export const parseJobFilter = (text: string): Result.Result<JobFilter, string> => {
  const terms: Array<JobTerm> = []
  for (const word of text.split(/\s+/).filter((each) => each !== "")) {
    const colon = word.indexOf(":")
    const term = colon < 0
      ? Result.succeed<JobTerm>({ _tag: "word", text: word })
      : readTerm(word.slice(0, colon), word.slice(colon + 1))
    if (Result.isFailure(term)) return Result.fail(term.failure)
    terms.push(term.success)
  }
  return Result.succeed(terms)
}

const readTerm = (name: string, value: string): Result.Result<JobTerm, string> => {
  switch (name) {
    case "status":
      return Result.map(
        eachOf(value, JobStatus.literals, "status"),
        (statuses): JobTerm => ({ _tag: "status", statuses })
      )
    case "is":
      return Result.flatMap(
        eachOf(value, states, "state"),
        ([state, ...more]): Result.Result<JobTerm, string> =>
          state === undefined || more.length > 0
            ? Result.fail(`is: takes one of ${states.join(", ")}.`)
            : Result.succeed({ _tag: "is", state })
      )
    case "error_code":
      return Result.map(
        eachOf(value, ErrorCode.literals, "error code"),
        (codes): JobTerm => ({ _tag: "errorCode", codes })
      )
    case "fingerprint":
      return /^[\da-f]{8}$/.test(value)
        ? Result.succeed({ _tag: name, digits: value })
        : Result.fail(`fingerprint: takes the eight digits that the Failures page shows, not "${value}".`)
    case "user":
      return Result.map(idsOf(name, value), (ids): JobTerm => ({ _tag: "user", ids }))
    case "id":
      return Result.map(idsOf(name, value), (ids): JobTerm => ({ _tag: "id", ids }))
    case "age":
    case "created":
      return Option.match(readSpan(value), {
        onNone: () => Result.fail(`${name}: takes a span such as ${name}:>10m or ${name}:<2d, not "${value}".`),
        onSome: ({ milliseconds, over }) => Result.succeed<JobTerm>({ _tag: name, over, milliseconds })
      })
    case "cost": {
      const found = /^([<>])(\d+(?:\.\d+)?)$/.exec(value)
      return found === null
        ? Result.fail(`cost: takes dollars such as cost:>0.01, not "${value}".`)
        : Result.succeed({ _tag: "cost", over: found[1] === ">", usd: Number(found[2]) })
    }
    default:
      return Result.fail(unknown("filter", `${name}:`, names.map((each) => `${each}:`)))
  }
}

const unknown = (what: string, word: string, known: ReadonlyArray<string>): string => {
  const nearest = nearestName(word, known)
  const help = nearest === undefined ? `Known are ${known.join(", ")}.` : `Did you mean ${nearest}?`
  return `There is no ${what} "${word}". ${help}`
}

const eachOf = <A extends string>(
  value: string,
  known: ReadonlyArray<A>,
  what: string
): Result.Result<ReadonlyArray<A>, string> => {
  const found: Array<A> = []
  for (const each of value.split(",")) {
    const literal = known.find((one) => one === each)
    if (literal === undefined) return Result.fail(unknown(what, each, known))
    found.push(literal)
  }
  return Result.succeed(found)
}

/** Whole ids, or their beginnings of at least four digits. */
const idsOf = (name: string, value: string): Result.Result<ReadonlyArray<string>, string> => {
  const ids = value.toLowerCase().split(",")
  const wrong = ids.find((id) => !/^[\da-f][\da-f-]{3,35}$/.test(id))
  return wrong === undefined
    ? Result.succeed(ids)
    : Result.fail(`${name}: takes ids or their first digits, not "${wrong}".`)
}

const units = { s: Duration.seconds(1), m: Duration.minutes(1), h: Duration.hours(1), d: Duration.days(1) } as const

const readSpan = (value: string) => {
  const found = /^([<>])(\d{1,6})([smhd])$/.exec(value)
  const unit = (["s", "m", "h", "d"] as const).find((each) => each === found?.[3])
  return found === null || unit === undefined
    ? Option.none()
    : Option.some({ over: found[1] === ">", milliseconds: Number(found[2]) * Duration.toMillis(units[unit]) })
}

/** The filter read back in words, so that a person sees what a bulk action will touch. */
export const sayJobFilter = (filter: JobFilter): string =>
  filter.length === 0 ? "All jobs, newest first." : `Jobs ${filter.map(sayTerm).join(", ")}.`

const sayTerm = (term: JobTerm): string => {
  switch (term._tag) {
    case "status":
      return `in ${term.statuses.join(" or ")}`
    case "is":
      return {
        open: "in progress",
        failed: "that failed",
        complete: "that are complete",
        parked: "that wait for a service",
        retrying: "that wait for their next attempt"
      }[term.state]
    case "errorCode":
      return `with the error ${term.codes.join(" or ")}`
    case "fingerprint":
      return `that failed like ${term.digits}`
    case "user":
      return `of user ${term.ids.join(" or ")}`
    case "id":
      return `with the id ${term.ids.join(" or ")}`
    case "age":
      return `written ${term.over ? "more" : "less"} than ${Duration.format(Duration.millis(term.milliseconds))} ago`
    case "created":
      return `uploaded ${term.over ? "more" : "less"} than ${Duration.format(Duration.millis(term.milliseconds))} ago`
    case "cost":
      return `that cost ${term.over ? "more" : "less"} than $${term.usd}`
    case "word":
      return `with "${term.text}" in their file name or an id`
  }
}
