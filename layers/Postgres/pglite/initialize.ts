/** A process of its own: as a thread it would leave 60 MB in the process that serves. `node initialize.ts DIRECTORY` */
import { argv } from "node:process"
import { openPglite } from "./openPglite.ts"

const [, , directory] = argv
if (directory === undefined) throw new Error("Name the directory to create.")
const db = await openPglite(directory)
await db.close()
