/** How long the parts of a validation may take: all together less than a minute. */
import { Duration } from "effect"

/** For the parts that take longer than a few requests. */
export const validationLimits = {
  usual: Duration.seconds(15),
  inspection: Duration.seconds(25),
  routes: Duration.seconds(40),
  repository: Duration.seconds(40),
  canary: Duration.seconds(45)
} as const

/** Between two looks at an inspection under way. */
export const inspectionInterval = Duration.millis(250)

/** How many routes are requested at once. */
export const routesAtOnce = 2
