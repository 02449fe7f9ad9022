/** How the rows of webhooks are read. */
import { Effect, Schema } from "effect"
import type { ServiceError } from "../../../src/domain/ServiceError.ts"
import { Delivery, Subscription } from "../../../src/domain/Webhook.ts"
import { rowError } from "../connection/rowError.ts"

/** Without the secrets. */
export const subscriptionColumns =
  "subscription_id, user_id, url, events, active, disabled_reason, disabled_at, failing_since, created_at"

export const deliveryColumns =
  "delivery_id, subscription_id, job_id, event, status, attempt, run_at, last_status, last_error, created_at"

const subscriptions = Schema.decodeUnknownEffect(Schema.Array(Subscription))
const deliveries = Schema.decodeUnknownEffect(Schema.Array(Delivery))

export const decodeSubscriptions = (rows: unknown): Effect.Effect<ReadonlyArray<Subscription>, ServiceError> =>
  Effect.mapError(subscriptions(rows), rowError)

export const decodeDeliveries = (rows: unknown): Effect.Effect<ReadonlyArray<Delivery>, ServiceError> =>
  Effect.mapError(deliveries(rows), rowError)
