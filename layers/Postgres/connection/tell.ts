/** A CTE that notifies watchers which jobs have changed. */
import { changesChannel } from "./channels.ts"

/** NOTIFY takes less than 8,000 bytes: ids of 36, with a comma each. */
const idsAtOnce = 200

/**
 * `told`, with one row: notifies the `job_id`s of a CTE, in as many notifications as needed. It only runs if selected from.
 */
export const toldOf = (changed: string): string => `
  told AS (
    SELECT count(pg_notify('${changesChannel}', ids)) FROM (
      SELECT string_agg(job_id::text, ',') AS ids FROM (
        SELECT job_id, (row_number() OVER () - 1) / ${idsAtOnce} AS slice FROM ${changed}
      ) numbered GROUP BY slice
    ) slices
  )`
