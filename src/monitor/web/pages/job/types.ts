/** What the API says of one job, as JSON. */
import type { JobView } from "../../../../api/jobs.ts"
import type { JobEvent } from "../../../../domain/Job.ts"
import type { JobCalls } from "../../../../domain/JobCall.ts"
import type { Json } from "../../Json.ts"

export type JobRow = Json<JobView>
export type JobEventRow = Json<JobEvent>
export type JobCallRows = Json<JobCalls>
export type JobCallRow = JobCallRows["calls"][number]
