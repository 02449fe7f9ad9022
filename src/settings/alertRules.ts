/** `ALERT_RULES`: what differs from the table of rules, such as `STUCK_JOB over=1800 for=5m; NO_DATA off; * for=0`. */
import { Duration, Option, Record, Result } from "effect"
import {
  type AlertRuleName,
  alertRules,
  defaultRules,
  type RuleInForce,
  type RulesInForce
} from "../domain/AlertRule.ts"
import { nearestName } from "../domain/nearestName.ts"
import { readDuration } from "./durations.ts"
import { quoted } from "./quoted.ts"

const names = Record.keys(alertRules)
const isName = (word: string): word is AlertRuleName => Object.hasOwn(alertRules, word)

/** Fails with a sentence that names what is wrong. */
export const readAlertRules = (text: string): Result.Result<RulesInForce, string> =>
  Result.gen(function*() {
    let rules = defaultRules
    for (const entry of text.split(";").map((each) => each.trim()).filter((each) => each !== "")) {
      const [name = "", ...words] = entry.split(/\s+/u)
      const chosen = name === "*" ? names : isName(name) ? [name] : yield* Result.fail(unknownRule(name))
      for (const word of words) {
        const change = yield* readWord(name, word)
        if (change.threshold !== undefined && chosen.some((one) => alertRules[one].threshold === null)) {
          return yield* Result.fail(name === "*" ? "Not every rule has a threshold." : `${name} has no threshold.`)
        }
        rules = Record.map(rules, (rule, one) => chosen.includes(one) ? { ...rule, ...change } : rule)
      }
    }
    return rules
  })

const readWord = (name: string, word: string): Result.Result<Partial<RuleInForce>, string> => {
  if (word === "off") return Result.succeed({ enabled: false })
  const [key = "", value = ""] = word.split("=", 2)
  switch (key) {
    case "over": {
      const threshold = Number(value)
      return value !== "" && threshold >= 0
        ? Result.succeed({ threshold })
        : Result.fail(`${name}: ${quoted(word)} needs a number of at least 0.`)
    }
    case "for":
    case "cooldown":
      return Option.match(readDuration(value), {
        onNone: () => Result.fail(`${name}: ${quoted(word)} needs a duration such as 90s, 5m or 2h.`),
        onSome: (duration) => {
          const seconds = Duration.toSeconds(duration)
          return Result.succeed(key === "for" ? { hold: seconds } : { coolDown: seconds })
        }
      })
    default:
      return Result.fail(`${name}: ${quoted(word)} is none of over=NUMBER, for=DURATION, cooldown=DURATION and off.`)
  }
}

const unknownRule = (name: string): string => {
  const nearest = nearestName(name, names)
  return nearest === undefined
    ? `There is no rule ${quoted(name)}. docs/alerts.md lists them.`
    : `"${name}" is not a rule. Did you mean ${nearest}?`
}
