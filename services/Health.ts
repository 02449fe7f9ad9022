/** What the API asks before it calls itself ready. */
import { Context, type Duration, type Effect, type Option } from "effect"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export class Health extends Context.Service<Health, {
  /**
   * How long ago the freshest heartbeat of a running worker was written, on the database's clock; none if no worker runs.
   * Any answer proves that the database answers.
   */
  readonly heartbeatAge: Effect.Effect<Option.Option<Duration.Duration>, ServiceError>
  /** Names of this release's migrations that have not run on the database; those of a newer release are no obstacle. */
  readonly missingMigrations: Effect.Effect<ReadonlyArray<string>, ServiceError>
}>()("accessa/services/Health") {}
