/** Checks an environment's data protection and access rules: some of the validator's checks, and the records behind them. */
import { Duration, Effect, Option } from "effect"
import type { ApiClient } from "./baseline/sendDocument.ts"
import { checked } from "./checked.ts"
import type { CheckResult } from "./CheckResult.ts"
import { sentenceOf } from "./validate/facts/sentenceOf.ts"

/** Of the validator's checks, by group; what a release changes is not among them. */
export const ofValidator = [
  "database migrations",
  "database schema",
  "database grants",
  "database roles",
  "database row_security",
  "storage private",
  "configuration unset",
  "security database_tls",
  "security encryption",
  "security headers",
  "security cors",
  "security key_age",
  "security debug",
  "security repository"
]

/** The whole log may take a while: the API checks it ten seconds at a time. */
const auditLimit = Duration.minutes(10)

const wholeChain = Effect.fnUntraced(function*(api: ApiClient) {
  let entries = 0
  let cursor: string | null = null
  for (;;) {
    const found: Effect.Success<ReturnType<ApiClient["audit"]["check"]>> = yield* api.audit.check({
      query: cursor === null ? {} : { cursor }
    })
    entries += found.entries
    if (Option.isSome(found.brokenEntry) || found.nextCursor === null) {
      return { entries, broken: found.brokenEntry }
    }
    cursor = found.nextCursor
  }
})

const auditChain = (api: ApiClient): Effect.Effect<CheckResult> => {
  const { fail, inconclusive, pass } = checked(
    "records",
    "audit_chain",
    "each entry of the audit log continues the one before"
  )
  return wholeChain(api).pipe(
    Effect.mapError(sentenceOf),
    Effect.timeoutOrElse({
      duration: auditLimit,
      orElse: () => Effect.fail(`the check took longer than ${Duration.format(auditLimit)}`)
    }),
    Effect.match({
      onFailure: (why) => inconclusive(why, "Run `accessa audit check`."),
      onSuccess: ({ broken, entries }) =>
        Option.match(broken, {
          onNone: () => pass(`${entries} entries, unbroken`),
          onSome: (entry) =>
            fail(
              `entry ${entry} or the one before it was altered`,
              "Compare the log with a backup, and find out who could write to the database."
            )
        })
    })
  )
}

const retention = (api: ApiClient): Effect.Effect<CheckResult> => {
  const { fail, inconclusive, pass } = checked("records", "retention", "expired data is gone: docs/retention.md")
  return api.diagnosis.run().pipe(
    Effect.match({
      onFailure: (error) => inconclusive(sentenceOf(error), "Run `accessa doctor`."),
      onSuccess: ({ findings }) => {
        const [found] = findings.filter(({ name }) => name === "retention")
        return found === undefined
          ? inconclusive("not checked", "Run `accessa doctor`.")
          : found.ok
          ? pass(found.found)
          : fail(found.found, found.repair)
      }
    })
  )
}

/** One after the other: the API makes one such check at a time for a user. */
export const checkRecords = (api: ApiClient) => Effect.all([auditChain(api), retention(api)])
