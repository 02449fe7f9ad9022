/** `ALERT_ESCALATION`: who is notified when, such as `team=log,slack; lead@15m=pagerduty; manager@30m=email`. */
import { Duration, Option, Result } from "effect"
import { AlertLevel, AlertSinkName } from "../domain/AlertNotice.ts"
import { nearestName } from "../domain/nearestName.ts"
import type { EscalationStep } from "../policy/alerts.ts"
import { readDuration } from "./durations.ts"
import { quoted } from "./quoted.ts"

/** Fails with a sentence that names what is wrong. `sinks`: those that ALERT_SINKS names. */
export const readEscalation = (
  text: string,
  sinks: ReadonlyArray<AlertSinkName>
): Result.Result<ReadonlyArray<EscalationStep>, string> =>
  Result.gen(function*() {
    const steps: Array<EscalationStep> = []
    for (const entry of text.split(";").map((each) => each.trim()).filter((each) => each !== "")) {
      const step = yield* readStep(entry, sinks)
      const last = steps.at(-1)
      if (last !== undefined && levels.indexOf(last.level) >= levels.indexOf(step.level)) {
        return yield* Result.fail(`${step.level} comes after ${last.level}: the order is ${levels.join(", ")}.`)
      }
      if (last !== undefined && Duration.isLessThan(step.after, last.after)) {
        return yield* Result.fail(`${step.level} comes sooner than ${last.level}.`)
      }
      steps.push(step)
    }
    return steps.length === 0 ? yield* Result.fail("It needs at least one step, such as team=*.") : steps
  })

const levels: ReadonlyArray<string> = AlertLevel.literals

const readStep = (
  entry: string,
  sinks: ReadonlyArray<AlertSinkName>
): Result.Result<EscalationStep, string> => {
  const [who = "", to = ""] = entry.split("=", 2)
  const [level = "", delay = "0"] = who.trim().split("@", 2)
  const found = AlertLevel.literals.find((each) => each === level)
  if (found === undefined) {
    return Result.fail(`${quoted(entry)} does not begin with ${levels.join(", ")}; write it like lead@15m=slack,email.`)
  }
  const words = to.split(",").map((word) => word.trim()).filter((word) => word !== "")
  if (words.length === 0) return Result.fail(`${level} names no sink; * means all.`)
  return Option.match(readDuration(delay), {
    onNone: () => Result.fail(`${level}: ${quoted(delay)} is not a duration such as 15m.`),
    onSome: (after) =>
      Result.map(
        words.includes("*") ? Result.succeed(sinks) : Result.all(words.map(readSink(level, sinks))),
        (sinks) => ({ level: found, after, sinks })
      )
  })
}

const readSink =
  (level: string, sinks: ReadonlyArray<AlertSinkName>) => (word: string): Result.Result<AlertSinkName, string> => {
    const sink = AlertSinkName.literals.find((each) => each === word)
    if (sink === undefined) {
      const nearest = nearestName(word, AlertSinkName.literals, 3)
      const help = nearest === undefined ? `The sinks are ${sinks.join(", ")}.` : `Did you mean ${nearest}?`
      return Result.fail(`${level}: ${nearest === undefined ? quoted(word) : `"${word}"`} is not a sink. ${help}`)
    }
    return sinks.includes(sink)
      ? Result.succeed(sink)
      : Result.fail(`${level}: the sink ${sink} is not in ALERT_SINKS.`)
  }
