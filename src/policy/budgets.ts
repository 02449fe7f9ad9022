/** How long a job waits for its budget; raising the budget makes it due at once. */
import { Duration } from "effect"

/** Until the budget is checked again. */
export const budgetLookedAt = Duration.hours(1)

/** If the budget has room but concurrent calls were announced at the same moment. */
export const reservationPause = Duration.seconds(15)
