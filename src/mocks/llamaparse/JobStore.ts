/** The parses the mock remembers, limited by number and text size: the oldest finished ones are evicted first. */
import { isOver, type ParseJob } from "./ParseJob.ts"

const mostJobs = 20_000
const mostCharacters = 64_000_000

const sizeOf = ({ pages }: ParseJob): number => pages.reduce((sum, { markdown }) => sum + (markdown?.length ?? 0), 0)

export class JobStore {
  readonly #jobs = new Map<string, ParseJob>()
  readonly #sizes = new Map<string, number>()
  #characters = 0

  add(job: ParseJob): void {
    this.#jobs.set(job.id, job)
    this.#forget()
  }

  find(id: string): ParseJob | undefined {
    return this.#jobs.get(id)
  }

  /** Newest first. */
  all(): ReadonlyArray<ParseJob> {
    return [...this.#jobs.values()].toReversed()
  }

  /** To be called when a job is finished: only then does it count towards the size. */
  weigh(job: ParseJob): void {
    if (!this.#jobs.has(job.id) || this.#sizes.has(job.id)) return
    const size = sizeOf(job)
    this.#sizes.set(job.id, size)
    this.#characters += size
    this.#forget()
  }

  remove(id: string): void {
    this.#jobs.delete(id)
    this.#characters -= this.#sizes.get(id) ?? 0
    this.#sizes.delete(id)
  }

  clear(): void {
    this.#jobs.clear()
    this.#sizes.clear()
    this.#characters = 0
  }

  counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const { status } of this.#jobs.values()) counts[status] = (counts[status] ?? 0) + 1
    return counts
  }

  #forget(): void {
    if (this.#jobs.size <= mostJobs && this.#characters <= mostCharacters) return
    for (const job of this.#jobs.values()) {
      if (this.#jobs.size <= mostJobs && this.#characters <= mostCharacters) return
      // The latest finished job is always kept, because its result is about to be read.
      if (isOver(job) && this.#sizes.size > 1) this.remove(job.id)
    }
  }
}
