/** The circuit of a dependency: whether it may be called. */
import { Schema } from "effect"

/** `open`: it fails. `halted`: it refuses us, until a person acts. `half_open`: a probe is under way. Only `closed` lets calls through. */
export const CircuitState = Schema.Literals(["closed", "open", "half_open", "halted"])
export type CircuitState = typeof CircuitState.Type
