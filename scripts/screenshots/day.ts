/** What a day has left behind: an hour of completed documents, failures of several causes, and documents in every state. */
import type { JobStatus } from "../../src/domain/JobStatus.ts"
import { type Failure, type MadeJob, makeJob, random, type Wanted, workers } from "./makeJobs.ts"

const failure = (code: Failure["code"], message: string, kept: string): Failure => ({ code, message, kept })

const rateLimited = failure(
  "EMBED_RATE_LIMITED",
  "The provider allows 1000000 tokens a minute at the moment; asked again in 20 s.",
  "The chunks and the vectors bought so far."
)

/** How many failed of each cause, where, and how many hours ago the last and the first. */
const causes: ReadonlyArray<readonly [Failure, JobStatus, JobStatus, number, number, number]> = [
  [rateLimited, "failed_embedding", "embedding_in_progress", 47, 0.8, 1.6],
  [
    failure("PARSE_TOO_COMPLEX", "Parsing took more than the 120 s that one document may take.", "The upload."),
    "failed_parse",
    "parse_queued",
    19,
    1,
    10
  ],
  [
    failure("ENCRYPTED", "The file is password-protected.", "The upload."),
    "failed_parse",
    "uploaded",
    11,
    0.2,
    10
  ],
  [
    failure("NO_TEXT", "The document contains no text: 14 pages are pictures.", "The upload."),
    "failed_parse",
    "parsed",
    7,
    2,
    9
  ],
  [
    failure("INTERNAL", "Cannot read the table on page 12 (chunkTable.ts:88).", "The parsed text."),
    "failed_chunking",
    "chunking",
    3,
    0.6,
    1.1
  ],
  [
    failure("RECEIPT_MISMATCH", "40 chunks are stored, but 39 vectors.", "The parsed text, 40 chunks and 39 vectors."),
    "failed_embedding",
    "embeddings_stored",
    1,
    5,
    5
  ]
]

const [first, second, third, fourth] = workers

/** Those on their way, each state as it usually is. */
const onTheWay: ReadonlyArray<Wanted> = [
  { status: "uploaded", since: 0.7, filename: "renewal-offer-2027.docx" },
  { status: "uploaded", since: 1.4 },
  { status: "uploaded", since: 2.2 },
  ...Array.from({ length: 23 }, (_, n) => ({ status: "parse_queued" as const, since: 2 + n * 1.7 })),
  { status: "parsed", since: 0.9, worker: second.id },
  { status: "chunking", since: 0.6, worker: third.id, filename: "adjuster-notes.md" },
  { status: "chunking", since: 1.1, worker: first.id },
  { status: "chunks_stored", since: 0.8, worker: fourth.id },
  ...Array.from({ length: 4 }, (_, n) => ({ status: "embedding_queued" as const, since: 1 + n })),
  {
    status: "embedding_queued",
    since: 10_980,
    filename: "Formulary-Tier-Changes-Q1.html",
    failure: failure("BUDGET_EXCEEDED", "This month's $0.50 of the user are spent.", "The parsed text and 61 chunks."),
    chunks: 61
  },
  {
    status: "embedding_in_progress",
    since: 226,
    filename:
      "Evidence-of-Coverage_2026_Medicare-Advantage_Northquay-HMO-SNP_H1234-045-000_final_v7 (signed) [compressed].pdf",
    failure: rateLimited,
    retries: 2,
    chunks: 1_024,
    share: 0.75
  },
  { status: "embedding_in_progress", since: 19, worker: first.id, chunks: 256, share: 0.9 },
  { status: "embedding_in_progress", since: 12, worker: second.id, chunks: 88, share: 0.46 },
  { status: "embedding_in_progress", since: 7, worker: third.id, chunks: 140, share: 0.3 },
  { status: "embedding_in_progress", since: 3, worker: fourth.id, chunks: 64, share: 0 },
  { status: "embeddings_stored", since: 0.4, worker: second.id, chunks: 17 }
]

/** Fewer at first, more towards noon, with a dip. */
const completedIn = (minute: number): number =>
  Math.round(22 + 9 * Math.sin(minute / 9) - (minute > 24 && minute < 29 ? 14 : 0))

export const makeDay = (now: number): ReadonlyArray<MadeJob> => {
  const jobs: Array<MadeJob> = []
  for (let minute = 0; minute < 60; minute++) {
    for (let n = 0; n < completedIn(minute); n++) {
      jobs.push(makeJob({ status: "complete", since: minute * 60 + random() * 55 + 1 }, now))
    }
  }
  for (const [why, status, at, count, last, earliest] of causes) {
    for (let n = 0; n < count; n++) {
      const hours = last + (earliest - last) * (count === 1 ? 0 : n / (count - 1)) ** 1.6
      const share = status === "failed_embedding" ? random() : 0
      jobs.push(makeJob({ status, at, failure: why, share, since: hours * 3_600 }, now))
    }
  }
  for (const wanted of onTheWay) jobs.push(makeJob(wanted, now))
  return jobs
}
