/** The overview, for operators. */
import { Effect, Layer, Option, Result } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { metricsText } from "../../otel/metrics/endpoint.ts"
import { Jobs } from "../../services/Jobs.ts"
import { Overview } from "../../services/Overview.ts"
import { Caller } from "../api/Access.ts"
import { Api } from "../api/Api.ts"
import type { BulkChange } from "../api/overview.ts"
import { BadRequest } from "../api/Problem.ts"
import { parseJobFilter, sayJobFilter } from "../domain/jobFilter.ts"
import { isTerminal, type JobStatus } from "../domain/JobStatus.ts"
import type { JobLine } from "../domain/Overview.ts"
import { PagePlace } from "../domain/PagePlace.ts"
import { handler } from "./middleware/serviceProblem.ts"
import { byCaller } from "./server/byCaller.ts"
import { DatabaseFacts } from "./server/DatabaseFacts.ts"
import { fromCursor, toCursor } from "./server/pages.ts"

const MeLive = HttpApiBuilder.group(Api, "me", (handlers) =>
  handlers.handleAll({
    get: handler("http.me.get", function*() {
      const { actor, role, userId } = yield* Caller
      return { user_id: userId, role, actor }
    })
  }))

const GlanceLive = HttpApiBuilder.group(
  Api,
  "overview",
  Effect.fnUntraced(function*(handlers) {
    const overview = yield* Overview
    const jobs = yield* Jobs
    const facts = yield* DatabaseFacts

    /** One job after the other, each with its own audit entry: a failure does not affect the others. */
    const changeAll = Effect.fnUntraced(function*(
      { dry_run, filter: text }: typeof BulkChange.Type,
      isEligible: (job: JobLine) => boolean,
      change: Jobs["Service"]["retry"]
    ) {
      const filter = parseJobFilter(text)
      if (Result.isFailure(filter)) return yield* misread(filter.failure, "/filter")
      const by = yield* byCaller
      if (!dry_run && by.reason === null) {
        return yield* misread("Give the reason in the header X-Reason: the audit log records it.", "/headers/x-reason")
      }
      const { jobs: matched, next } = yield* overview.jobs(filter.success, undefined, atMost)
      const eligible = matched.filter(isEligible)
      const changes = dry_run ? [] : yield* Effect.forEach(eligible, (job) => change(job.user_id, job.job_id, by))
      return {
        matched: matched.length,
        eligible: eligible.length,
        changed: changes.filter((each) => Option.isSome(each) && each.value.changed).length,
        users: new Set(eligible.map(({ user_id }) => user_id)).size,
        estimated_usd: eligible.reduce((sum, { left_usd }) => sum + left_usd, 0),
        vectors_kept: eligible.reduce((sum, { embeds_done }) => sum + embeds_done, 0),
        more: Option.isSome(next),
        said: sayJobFilter(filter.success)
      }
    })

    return handlers.handleAll({
      glance: handler("http.overview.glance", function*() {
        return yield* overview.glance
      }),
      failures: handler("http.overview.failures", function*() {
        return { failures: yield* overview.failures }
      }),
      jobs: handler("http.overview.jobs", function*({ query: { cursor, filter: text = "", limit = 50 } }) {
        const filter = parseJobFilter(text)
        if (Result.isFailure(filter)) return yield* misread(filter.failure, "/query/filter")
        const { jobs, next } = yield* overview.jobs(filter.success, yield* readPlace(cursor), limit)
        return { jobs, next_cursor: Option.getOrNull(Option.map(next, toCursor)), said: sayJobFilter(filter.success) }
      }),
      retryAll: handler("http.overview.retryAll", function*({ payload }) {
        return yield* changeAll(payload, (job) => isFailed(job.status), jobs.retry)
      }),
      cancelAll: handler("http.overview.cancelAll", function*({ payload }) {
        return yield* changeAll(payload, (job) => !isTerminal(job.status), jobs.cancel)
      }),
      metrics: handler("http.overview.metrics", function*() {
        yield* facts.refresh
        return yield* metricsText
      }),
      held: handler("http.overview.held", function*() {
        return { jobs: yield* overview.held }
      }),
      costs: handler("http.overview.costs", function*() {
        return yield* overview.costs
      }),
      capacity: handler("http.overview.capacity", function*() {
        return yield* overview.capacity
      })
    })
  })
)

const readPlace = fromCursor(PagePlace)

/** Jobs changed by one request. */
const atMost = 1_000
const isFailed = (status: JobStatus): boolean => isTerminal(status) && status !== "complete"

const misread = (detail: string, pointer: string) =>
  new BadRequest({ code: "BAD_REQUEST", detail, errors: [{ pointer, detail }] })

export const OverviewLive = Layer.merge(MeLive, GlanceLive)
