/** The services that jobs depend on, each with a circuit of its own but the database, which holds the circuits. */
import { Schema } from "effect"

export const Dependency = Schema.Literals(["parser", "embedder", "storage", "database"])
export type Dependency = typeof Dependency.Type
