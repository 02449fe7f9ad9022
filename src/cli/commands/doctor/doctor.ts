/** `accessa doctor`: checks what must be in place and how to fix it. Unknown counts as failed. */
import { Array, Duration, Effect } from "effect"
import { Command, Flag } from "effect/cli"
import type { Finding } from "../../../domain/Finding.ts"
import { Client } from "../../client/Client.ts"
import { dashboardFinding, dashboardFlag } from "../../client/dashboard.ts"
import { isLocal, mockFlags } from "../../client/MockServers.ts"
import { Patience } from "../../client/RequestContext.ts"
import { failure } from "../../CommandFailure.ts"
import { Output } from "../../terminal/Output.ts"
import { printable } from "../../terminal/printable.ts"
import { apiFindings, diagnosisFindings, fileFindings, mockFinding, settingsFinding } from "./findings.ts"

const filesLookedFor = 2_000

/** For one answer of the API, which is asked for several at a time: one that hangs is reported while a person still waits. */
const patience = Duration.seconds(20)

const none = Effect.succeed<ReadonlyArray<Finding>>([])

export const doctor = Command.make("doctor", {
  ...mockFlags,
  dashboard: dashboardFlag,
  allFiles: Flag.Boolean("all-files").pipe(
    Flag.withDefault(false),
    Flag.withDescription(`Look for the files of all documents, not only of the first ${filesLookedFor}`)
  )
}, ({ allFiles, dashboard, ...mocks }) =>
  Effect.gen(function*() {
    const output = yield* Output
    const { url } = yield* Client
    const local = isLocal(url)
    const checks = [
      apiFindings,
      local ? Effect.map(settingsFinding, Array.of) : none,
      diagnosisFindings,
      fileFindings(allFiles ? Infinity : filesLookedFor),
      local && isLocal(dashboard) ? Effect.map(dashboardFinding(dashboard), Array.of) : none,
      local && isLocal(mocks.llamaparse) ? Effect.map(mockFinding("llamaparse", mocks.llamaparse), Array.of) : none,
      local && isLocal(mocks.openai) ? Effect.map(mockFinding("openai", mocks.openai), Array.of) : none
    ]
    const found = yield* Effect.all(checks, { concurrency: "unbounded" }).pipe(
      Effect.provideService(Patience, patience)
    )
    const findings = found.flat()
    const bad = findings.filter((finding) => !finding.ok)
    yield* output.record({ ok: bad.length === 0, url: url.href, checks: findings })
    for (const finding of findings) {
      const { dim, green, red } = output.style
      yield* output.print(
        `${finding.ok ? green("✓") : red("✗")} ${finding.name.padEnd(16)} ${printable(finding.found)}`
      )
      if (finding.ok) continue
      yield* output.print(`  ${dim("expected")}  ${finding.expected}`)
      yield* output.print(`  ${dim("found")}     ${printable(finding.found)}`)
      yield* output.print(`  ${dim("repair")}    ${finding.repair}`)
    }
    if (bad.length > 0) return yield* unwell(bad.length, findings.length)
  })).pipe(Command.withDescription("Check that everything needed to process documents works; exits with 1 if not"))

const unwell = (bad: number, all: number) =>
  failure(
    "failed",
    "CHECKS_FAILED",
    `${bad} of ${all} checks failed.`,
    "Apply the fix under each failed check, then run `accessa doctor` again."
  )
