/** How long an inspection may take. */
import { Duration } from "effect"

/** For each part: the database, the storage, each provider, each address. */
export const sightPatience = Duration.seconds(15)
