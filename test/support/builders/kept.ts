/** Retention that keeps everything. */
import type { Kept } from "../../../services/Retention.ts"

export const keptForever: Kept = {
  history: undefined,
  spending: undefined,
  alerts: undefined,
  keys: undefined,
  callbacks: undefined,
  deliveries: undefined,
  workers: undefined,
  samples: undefined,
  audit: undefined
}
