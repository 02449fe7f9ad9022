/** Defects in how jobs are claimed, moved and rescued. */
import type { Mutation } from "./Mutation.ts"

export const jobs: ReadonlyArray<Mutation> = [
  {
    name: "a move does not check the fence",
    edits: [{
      file: "layers/Postgres/jobs/transition.ts",
      from: "AND j.status = h.from_status AND j.fence = h.fence",
      to: "AND j.status = h.from_status"
    }, {
      file: "layers/Postgres/jobs/moveJobs.ts",
      from: "guard: \"j.lease_owner IS NOT NULL\"",
      to: "guard: \"true\""
    }],
    cases: ["F5a"]
  },
  {
    name: "a worker may move a job that another worker now holds",
    edits: [{
      file: "layers/Postgres/jobs/transition.ts",
      from: "AND j.status = h.from_status AND j.fence = h.fence",
      to: "AND j.status = h.from_status"
    }],
    cases: ["test/layers/Postgres/jobs/transition.test.ts"]
  },
  {
    name: "a worker may complete a job that another worker now holds",
    edits: [{
      file: "layers/Postgres/jobs/completeJobs.ts",
      from: "ON w.job_id = j.job_id AND w.fence = j.fence",
      to: "ON w.job_id = j.job_id"
    }],
    cases: ["test/layers/Postgres/jobs/receipt.test.ts"]
  },
  {
    name: "the receipt's checks are skipped",
    edits: [{
      file: "layers/Postgres/jobs/completeJobs.ts",
      from: "WHERE receipt->'failed_checks' = '[]'",
      to: "WHERE true"
    }],
    cases: ["I2"]
  },
  {
    name: "the sweep takes jobs away whose lease has not expired",
    edits: [{
      file: "layers/Postgres/jobs/rescueJobs.ts",
      from: "WHERE lease_until < now()",
      to: "WHERE lease_until IS NOT NULL"
    }],
    cases: ["F11"]
  },
  {
    name: "the sweep rescues no job",
    edits: [{
      file: "layers/Postgres/jobs/rescueJobs.ts",
      from: "WHERE lease_until < now()",
      to: "WHERE lease_until < now() - interval '1 day'"
    }],
    cases: ["F2a"]
  },
  {
    name: "two workers may claim one job",
    edits: [{
      file: "layers/Postgres/jobs/claimJobs.ts",
      from: "j.run_at <= now()\n        FOR UPDATE SKIP LOCKED",
      to: "j.run_at <= now()"
    }],
    cases: ["F10"]
  },
  {
    name: "a worker that stops keeps its jobs",
    edits: [{
      file: "layers/Postgres/jobs/releaseJobs.ts",
      from: "WHERE lease_owner = ${worker}",
      to: "WHERE lease_owner = ${worker} AND false"
    }],
    cases: ["F4"]
  },
  {
    name: "each arrival of documents is taken for a change of the circuits",
    edits: [{
      file: "layers/Postgres/connection/channels.ts",
      from: "export const jobsPayload = \"jobs\"",
      to: "export const jobsPayload = \"\""
    }],
    cases: ["test/layers/Postgres/circuits/Circuits.test.ts"]
  },
  {
    name: "a busy worker claims as often from a slow database",
    edits: [{ file: "src/policy/worker.ts", from: "Duration.times(claim, 5)", to: "Duration.times(claim, 0)" }],
    cases: ["test/worker/Worker.test.ts"]
  }
]
