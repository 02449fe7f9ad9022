/** How long the parts of a validation may take: all together less than a minute. */
import { Duration } from "effect"

/** Of what takes longer than a few requests. */
export const validationLimits = {
  usual: Duration.seconds(15),
  inspection: Duration.seconds(25),
  routes: Duration.seconds(40),
  repository: Duration.seconds(40),
  canary: Duration.seconds(45)
} as const

/** Between two looks at an inspection under way. */
export const inspectionInterval = Duration.millis(250)

/** Of requests to all routes in turn. */
export const routesAtOnce = 2
