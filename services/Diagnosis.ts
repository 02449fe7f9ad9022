/** Checks of the database that the running pipeline does not make. They leave nothing behind. */
import { Context, type DateTime, type Effect } from "effect"
import type { Finding } from "../src/domain/Finding.ts"
import type { DatabaseSight } from "../src/domain/Inspection.ts"
import type { DatabaseInstallation } from "../src/domain/Installation.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export class Diagnosis extends Context.Service<Diagnosis, {
  /** Migrations, differences from the shipped schema, indexes, grants. */
  readonly schema: Effect.Effect<ReadonlyArray<Finding>, ServiceError>
  /** Jobs that are stuck, workers that are gone, clocks, sweeps and retention that are behind. */
  readonly pipeline: Effect.Effect<ReadonlyArray<Finding>, ServiceError>
  /** Versions, the newest migration, and every object of the schema. */
  readonly installation: Effect.Effect<DatabaseInstallation, ServiceError>
  /**
   * The role and rights of the service's connection, and whether notifications reach it, tried with rows that are rolled
   * back; includes the findings of `schema`.
   */
  readonly sight: Effect.Effect<DatabaseSight, ServiceError>
  /** The database's clock. */
  readonly now: Effect.Effect<DateTime.Utc, ServiceError>
}>()("accessa/services/Diagnosis") {}
