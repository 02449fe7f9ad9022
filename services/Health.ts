/** What the API checks before it reports itself ready. */
import { Context, type Duration, type Effect, type Option } from "effect"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export class Health extends Context.Service<Health, {
  /**
   * Age of the latest heartbeat of any running worker, on the database's clock; none if no worker runs. Any result proves
   * that the database responds.
   */
  readonly heartbeatAge: Effect.Effect<Option.Option<Duration.Duration>, ServiceError>
  /** False for a standby, and for a database that its provider has made read-only, for example because its disk is full. */
  readonly acceptsWrites: Effect.Effect<boolean, ServiceError>
  /** Names of this release's migrations that have not run on the database; migrations of a newer release are fine. */
  readonly missingMigrations: Effect.Effect<ReadonlyArray<string>, ServiceError>
}>()("accessa/services/Health") {}
