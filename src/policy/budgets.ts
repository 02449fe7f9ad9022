/** How long a job waits that a budget holds back; raising the budget wakes it at once. */
import { Duration } from "effect"

/** Until the budget is looked at again by itself. */
export const budgetLookedAt = Duration.hours(1)

/** Where there is room, but others had announced their calls at the same moment. */
export const reservationPause = Duration.seconds(15)
