/** How long an inspection may take. */
import { Duration } from "effect"

/** Of each part: of the database, the storage, each provider, each address. */
export const sightPatience = Duration.seconds(15)
