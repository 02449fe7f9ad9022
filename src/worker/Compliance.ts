/** Makes the daily compliance check. What it finds, the monitor raises as the alert COMPLIANCE. */
import { DateTime, Duration, Effect, Layer, Option, Schedule, Stream } from "effect"
import { type ApiKey, ApiKeys, type KeyPlace } from "../../services/ApiKeys.ts"
import { AuditLog, type AuditPlace } from "../../services/AuditLog.ts"
import { ComplianceChecks } from "../../services/ComplianceChecks.ts"
import { Diagnosis } from "../../services/Diagnosis.ts"
import { finding } from "../domain/Finding.ts"
import { complianceLook, keyLife } from "../policy/compliance.ts"
import { keysAtOnce } from "../policy/lists.ts"
import { forAll } from "./Sweeper.ts"

/** For as long as the layer lives. */
export const Compliance = Layer.effectDiscard(Effect.gen(function*() {
  const checks = yield* ComplianceChecks
  const diagnosis = yield* Diagnosis
  const keys = yield* ApiKeys
  const audit = yield* AuditLog

  const check = Effect.gen(function*() {
    if (!(yield* checks.isDue)) return
    const retention = (yield* diagnosis.pipeline).filter(({ name }) => name === "retention")
    const keyAge = keyFinding(yield* allKeys(keys), yield* diagnosis.now)
    const findings = [...yield* diagnosis.schema, ...retention, yield* auditFinding(audit), keyAge]
    yield* checks.record(findings)
    for (const { found, name, ok } of findings) if (!ok) yield* Effect.logWarning(`Compliance: ${name}: ${found}`)
  }).pipe(Effect.withSpan("worker.compliance"))
  yield* forAll(check).pipe(
    Effect.catch((error) => Effect.logError(`No compliance check was made. ${error.code}: ${error.message}`)),
    Effect.repeat(Schedule.spaced(complianceLook)),
    Effect.forkScoped
  )
}))

const auditFinding = Effect.fnUntraced(function*(audit: AuditLog["Service"]) {
  let from: AuditPlace | undefined
  for (;;) {
    const { broken, next } = yield* audit.verify(from)
    if (Option.isSome(broken) || Option.isNone(next)) {
      const faults = Option.match(broken, {
        onNone: () => [],
        onSome: (entry) => [`entry ${entry} or the one before it was altered`]
      })
      return finding({
        name: "audit_chain",
        expected: "each entry of the audit log continues the one before",
        sound: "each entry continues the one before",
        repair: "Compare the log with a backup, and find out who could write to the database."
      }, faults)
    }
    from = next.value
  }
})

const allKeys = (keys: ApiKeys["Service"]) =>
  Stream.runCollect(
    Stream.paginate(Option.none<KeyPlace>(), (after) =>
      Effect.map(
        keys.list({ limit: keysAtOnce, ...Option.isSome(after) ? { after: after.value } : {} }),
        (page) => [page.keys, Option.map(page.next, Option.some)] as const
      ))
  )

const keyFinding = (keys: ReadonlyArray<ApiKey>, now: DateTime.Utc) =>
  finding(
    {
      name: "key_age",
      expected: `no key without an expiry is older than ${Duration.format(keyLife)}`,
      sound: "none is",
      repair: "Rotate it: `accessa keys rotate` keeps the old one for a day."
    },
    keys.filter(({ createdAt, expiresAt, revokedAt }) =>
      revokedAt === null && expiresAt === null && Duration.isGreaterThan(DateTime.distance(createdAt, now), keyLife)
    ).map(({ name }) => `the key "${name}"`)
  )
