/** The NOTIFY channels between the adapters. Notifications can be lost, so listeners also poll. */

/** There is something to do for a worker. */
export const workChannel = "accessa_work"

/** On the work channel: jobs may be due. Not empty: that means that notifications may have been missed. */
export const jobsPayload = "jobs"

/** Which jobs have changed: their ids, comma separated. */
export const changesChannel = "accessa_jobs"

/** On the work channel: a circuit has changed. Workers of earlier releases know this word, too. */
export const circuitsPayload = "providers"

/** There may be webhooks to deliver. No payload. */
export const webhooksChannel = "accessa_webhooks"

/** On the work channel: a worker is asked for an inspection. Workers of earlier releases look for jobs, and find none. */
export const inspectionsPayload = "inspections"
