/** The columns of subscriptions and deliveries, and the readers of their rows. */
import { DeliveryPlace } from "../../../services/Webhooks.ts"
import { snakeKeys } from "../../../src/domain/snakeKeys.ts"
import { Delivery, Subscription } from "../../../src/domain/Webhook.ts"
import { placeOf } from "../connection/place.ts"
import { rowsOf } from "../connection/rows.ts"

/** Without the secrets. */
export const subscriptionColumns =
  "subscription_id, user_id, url, events, active, disabled_reason, disabled_at, failing_since, created_at"

export const deliveryColumns =
  "delivery_id, subscription_id, job_id, event, status, attempt, run_at, last_status, last_error, created_at"

export const readSubscriptions = rowsOf(Subscription)
export const deliveryPlace = `${placeOf("created_at", "delivery_id")} AS place`

export const readDeliveries = rowsOf(Delivery)
export const readListed = rowsOf(snakeKeys({ ...Delivery.to.fields, place: DeliveryPlace }))
