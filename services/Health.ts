/** What the API asks before it calls itself ready. */
import { Context, type Duration, type Effect, type Option } from "effect"
import type { StageError } from "../src/domain/StageError.ts"

export class Health extends Context.Service<Health, {
  /**
   * How long ago the freshest heartbeat of a running worker was written, on the database's clock; none if no worker runs.
   * Any answer proves that the database answers.
   */
  readonly heartbeatAge: Effect.Effect<Option.Option<Duration.Duration>, StageError>
}>()("accessa/services/Health") {}
