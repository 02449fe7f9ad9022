/** The services that jobs depend on. Each has its own circuit, except the database, which stores the circuits. */
import { Schema } from "effect"

export const Dependency = Schema.Literals(["parser", "embedder", "storage", "database"])
export type Dependency = typeof Dependency.Type
