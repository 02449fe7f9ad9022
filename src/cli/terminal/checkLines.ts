/** The results of checks as lines: what passed in one each, the others with what to do. */
import { Effect, Option } from "effect"
import type { CheckResult, Verdict } from "../../deploy/CheckResult.ts"
import { Output } from "./Output.ts"
import { printable } from "./printable.ts"
import type { Style } from "./Style.ts"

export const printChecks = Effect.fnUntraced(function*(results: ReadonlyArray<CheckResult>) {
  const output = yield* Output
  const widthOf = (name: "group" | "check") => Math.max(14, ...results.map((result) => result[name].length))
  const widths = { group: widthOf("group"), check: widthOf("check") }
  for (const result of results) {
    for (const line of checkLines(result, output.style, widths)) yield* output.print(line)
  }
})

interface Widths {
  readonly group: number
  readonly check: number
}

const checkLines = (
  { check, expected, found, group, repair, verdict }: CheckResult,
  style: Style,
  widths: Widths
) => {
  const title = `${markOf(verdict, style)} ${group.padEnd(widths.group)} ${check.padEnd(widths.check)} ${
    printable(found)
  }`
  return verdict === "pass" ? [title] : [
    title,
    `  ${style.dim("expected")}  ${printable(expected)}`,
    ...Option.match(repair, {
      onNone: () => [],
      onSome: (todo) => [`  ${style.dim("repair")}    ${printable(todo)}`]
    })
  ]
}

const markOf = (verdict: Verdict, { green, red, yellow }: Style): string =>
  ({ pass: green("✓"), fail: red("✗"), inconclusive: yellow("?") })[verdict]

/** `9 passed, 1 failed, 2 inconclusive` */
export const tally = (results: ReadonlyArray<CheckResult>): string => {
  const count = (verdict: Verdict) => results.filter((result) => result.verdict === verdict).length
  return `${count("pass")} passed, ${count("fail")} failed, ${count("inconclusive")} inconclusive`
}
