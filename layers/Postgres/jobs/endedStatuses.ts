/** The statuses of an ended job as a list of SQL. The index `job_events_ended` holds these and no others. */
import { terminalStatuses } from "../../../src/domain/JobStatus.ts"

export const endedStatuses = `('${terminalStatuses.join("', '")}')`
