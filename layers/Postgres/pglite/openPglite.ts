/** Postgres with pgvector in this process. It has no fsync: rows outlive the process at once, the machine within seconds. */
import { PGlite } from "@electric-sql/pglite"
import { vector } from "@electric-sql/pglite-pgvector"
import { serviceRole } from "../connection/serviceRole.ts"

/** A quarter of the default buffers saves 100 MB and costs no time that can be measured. */
export const openPglite = async (dataDir: string): Promise<PGlite> => {
  const db = await PGlite.create({
    dataDir,
    extensions: { vector },
    startParams: [...PGlite.defaultStartParams, "-c", "shared_buffers=32MB", "-c", "max_wal_size=128MB"]
  })
  // One session serves all connections, so whoever opens it takes the role for them; before the migrations there is none.
  const { rows } = await db.query("SELECT FROM pg_roles WHERE rolname = $1", [serviceRole])
  if (rows.length > 0) await db.exec(`SET ROLE ${serviceRole}`)
  return db
}
