import { assert, describe, it } from "@effect/vitest"
import { Duration, Result } from "effect"
import { defaultRules } from "../../src/domain/AlertRule.ts"
import { readEscalation } from "../../src/settings/alertEscalation.ts"
import { readAlertRules } from "../../src/settings/alertRules.ts"

const rulesOf = (text: string) => Result.getOrThrow(readAlertRules(text))
const refusalOf = <A>(read: Result.Result<A, string>) => Result.isFailure(read) ? read.failure : "it was accepted"

describe("ALERT_RULES", () => {
  it("changes what it names and nothing else, for one rule or for all", () => {
    assert.deepStrictEqual(rulesOf(""), defaultRules)
    const { LATENCY, NO_DATA, STUCK_JOB } = rulesOf("* for=0; STUCK_JOB over=1800 for=5m cooldown=2h; NO_DATA off;")
    assert.deepInclude(STUCK_JOB, { threshold: 1_800, hold: 300, coolDown: 7_200, enabled: true })
    assert.deepInclude(NO_DATA, { enabled: false, threshold: defaultRules.NO_DATA.threshold })
    assert.deepInclude(LATENCY, { hold: 0, coolDown: defaultRules.LATENCY.coolDown })
  })

  it("names what is wrong, and the nearest rule", () => {
    const refused = (text: string) => refusalOf(readAlertRules(text))
    assert.strictEqual(refused("STUK_JOB off"), "\"STUK_JOB\" is not a rule. Did you mean STUCK_JOB?")
    assert.match(refused("WEATHER off"), /^There is no rule .*WEATHER.*\. docs\/alerts\.md lists them\.$/)
    assert.match(refused("LATENCY over=fast"), /^LATENCY: .*over=fast.* needs a number of at least 0\.$/)
    assert.match(refused("LATENCY over="), /needs a number/)
    assert.match(refused("LATENCY for=soon"), /^LATENCY: .*for=soon.* needs a duration such as 90s, 5m or 2h\.$/)
    assert.match(refused("LATENCY after=5m"), /is none of over=NUMBER, for=DURATION, cooldown=DURATION and off\.$/)
    assert.strictEqual(refused("CIRCUIT_OPEN over=3"), "CIRCUIT_OPEN has no threshold.")
    assert.strictEqual(refused("* over=3"), "Not every rule has a threshold.")
  })
})

describe("ALERT_ESCALATION", () => {
  const sinks = ["log", "slack", "email"] as const
  const refused = (text: string) => refusalOf(readEscalation(text, sinks))

  it("says who is notified when, by which of the sinks; * means all of them", () => {
    const steps = Result.getOrThrow(readEscalation("team=log,slack; lead@15m=email; manager@1h=*", sinks))
    assert.deepStrictEqual(steps.map(({ after, level, sinks }) => [level, Duration.toMinutes(after), sinks]), [
      ["team", 0, ["log", "slack"]],
      ["lead", 15, ["email"]],
      ["manager", 60, sinks]
    ])
  })

  it("names what is wrong, and the nearest sink", () => {
    assert.strictEqual(refused(""), "It needs at least one step, such as team=*.")
    assert.match(refused("boss=log"), /does not begin with team, lead, manager; write it like lead@15m=slack,email\.$/)
    assert.strictEqual(refused("team="), "team names no sink; * means all.")
    assert.match(refused("team@soon=log"), /^team: .*soon.* is not a duration such as 15m\.$/)
    assert.strictEqual(refused("team=slak"), "team: \"slak\" is not a sink. Did you mean slack?")
    assert.match(refused("team=telegraph"), /is not a sink\. The sinks are log, slack, email\.$/)
    assert.strictEqual(refused("team=pagerduty"), "team: the sink pagerduty is not in ALERT_SINKS.")
    assert.strictEqual(refused("lead=log; team=log"), "team comes after lead: the order is team, lead, manager.")
    assert.strictEqual(refused("team@10m=log; lead@5m=log"), "lead comes sooner than team.")
  })
})
