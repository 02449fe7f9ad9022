/** The program's version, for heartbeats, `--version` and traces. */
import manifest from "../../package.json" with { type: "json" }

export const version = manifest.version
