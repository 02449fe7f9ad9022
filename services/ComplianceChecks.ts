/** The record of the daily check of what the database promises of data and access. */
import { Context, type Effect } from "effect"
import type { Finding } from "../src/domain/Finding.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export class ComplianceChecks extends Context.Service<ComplianceChecks, {
  /** Whether none was made today (UTC), or the last one found something and is older than an hour. */
  readonly isDue: Effect.Effect<boolean, ServiceError>
  /** Records today's check in place of an earlier one. Deletes checks older than a year. */
  readonly record: (findings: ReadonlyArray<Finding>) => Effect.Effect<void, ServiceError>
}>()("accessa/services/ComplianceChecks") {}
