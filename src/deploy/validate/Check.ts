/** A check of an environment: what it proves, which facts it needs, and how it judges them. */
import { Option, Result } from "effect"
import { listed } from "../checked.ts"
import type { CheckResult, Verdict } from "../CheckResult.ts"
import type { Expectations } from "./Expectations.ts"
import type { FactName, Facts, Seen } from "./Facts.ts"

export const groups = [
  "database",
  "api_server",
  "worker_process",
  "external_services",
  "storage",
  "configuration",
  "security"
] as const
export type Group = (typeof groups)[number]

export interface Judgement {
  readonly verdict: Verdict
  readonly expected: string
  readonly found: string
  readonly evidence: ReadonlyArray<string>
}

export interface Check {
  readonly check: string
  readonly proves: string
  readonly repair: string
  readonly needs: ReadonlyArray<FactName>
  readonly judge: (facts: Facts, expected: Expectations) => Judgement
}

export const pass = (expected: string, found: string, evidence: ReadonlyArray<string> = []): Judgement => ({
  verdict: "pass",
  expected,
  found,
  evidence
})

export const fail = (expected: string, found: string, evidence: ReadonlyArray<string> = []): Judgement => ({
  verdict: "fail",
  expected,
  found,
  evidence
})

export const inconclusive = (expected: string, found: string): Judgement => ({
  verdict: "inconclusive",
  expected,
  found,
  evidence: []
})

/** Passes if there is no fault. */
export const faultless = (expected: string, sound: string, faults: ReadonlyArray<string>): Judgement =>
  faults.length === 0 ? pass(expected, sound) : fail(expected, listed(faults), faults)

/** Without the fact there is no verdict. */
export const given = <A>(expected: string, fact: Seen<A>, judge: (found: A) => Judgement): Judgement =>
  Result.match(fact, { onFailure: (why) => inconclusive(expected, why), onSuccess: judge })

/** The fact itself is what the check proves. */
export const required = <A>(expected: string, fact: Seen<A>, judge: (found: A) => Judgement): Judgement =>
  Result.match(fact, { onFailure: (why) => fail(expected, why), onSuccess: judge })

export const toResult = (
  group: Group,
  { check, judge, repair }: Check,
  facts: Facts,
  expected: Expectations
): CheckResult => {
  const { verdict, ...judgement } = judge(facts, expected)
  return { group, check, verdict, ...judgement, repair: verdict === "pass" ? Option.none() : Option.some(repair) }
}
