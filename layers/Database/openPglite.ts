/** Postgres with pgvector in this process. It has no fsync: rows outlive the process at once, the machine within seconds. */
import { PGlite } from "@electric-sql/pglite"
import { vector } from "@electric-sql/pglite-pgvector"

/** A quarter of the default buffers saves 100 MB and costs no time that can be measured. */
export const openPglite = (dataDir: string): Promise<PGlite> =>
  PGlite.create({
    dataDir,
    extensions: { vector },
    startParams: [...PGlite.defaultStartParams, "-c", "shared_buffers=32MB", "-c", "max_wal_size=128MB"]
  })
