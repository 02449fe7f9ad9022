/** Jobs: those that do not move, those that fail, and how long they take. */
import { type Detectors, long, percent, whole } from "./Detector.ts"

/** Fewer jobs than this say nothing about a rate. */
const fewest = 20

export const jobs = {
  QUEUE_SILENT: ({ dueFor, lastMove }, over) =>
    whole(
      dueFor !== null && dueFor > over && (lastMove === null || lastMove > over),
      `A job has been due for ${long(dueFor ?? 0)}, and ${
        lastMove === null ? "no job has ever moved" : `the last move of any job was ${long(lastMove)} ago`
      }.`
    ),
  STUCK_JOB: ({ stuckJobs }) =>
    stuckJobs.map(({ age, job, lost, status }) => ({
      subject: job,
      message: lost
        ? `Job ${job} is ${status}, but for ${long(age)} no worker has held it and none could claim it.`
        : `Job ${job} has been ${status} for ${long(age)}.`
    })),
  POISON_DOCUMENT: ({ poison }) =>
    poison.map(({ document, job }) => ({
      subject: job,
      message: `Workers died in a row while they held document ${document}: job ${job} failed with WORKER_CRASHED.`
    })),
  ERROR_BURST: ({ errors }, over) =>
    errors.filter(({ times }) => times > over).map(({ code, times }) => ({
      subject: code,
      message: `${code} occurred ${times} times in 5 minutes.`
    })),
  SUCCESS_RATE: ({ ended: { complete, failed } }, over) =>
    whole(
      complete + failed >= fewest && complete * 100 < (complete + failed) * over,
      `${percent(complete / (complete + failed))} of ${
        complete + failed
      } jobs were completed in 15 minutes; ${failed} failed.`
    ),
  LATENCY: ({ latency: { recent, recentJobs, usual, usualJobs } }, over) =>
    whole(
      recent !== null && usual !== null && recentJobs >= fewest && usualJobs >= fewest && recent > usual * over &&
        recent > 5,
      `95 % of the documents of the last 15 minutes were completed within ${long(recent ?? 0)}; usual is ${
        long(usual ?? 0)
      }.`
    ),
  NO_DATA: ({ lastCompleted }, over) =>
    whole(
      lastCompleted === null || lastCompleted > over,
      lastCompleted === null
        ? "No document has ever been completed."
        : `The last document was completed ${long(lastCompleted)} ago.`
    )
} satisfies Detectors
