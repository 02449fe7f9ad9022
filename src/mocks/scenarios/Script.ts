/** The steps of a scenario: used in the order of the file, each as often as it says. */

interface AnyStep {
  readonly on: string
  readonly times?: number
}

export interface StepProgress {
  readonly on: string
  readonly used: number
  readonly times: number
}

export interface Script<Step extends AnyStep> {
  /** Uses the first matching step that is not used up. */
  readonly take: (fits: (step: Step) => boolean) => Step | undefined
  readonly progress: () => ReadonlyArray<StepProgress>
}

export const makeScript = <Step extends AnyStep>(steps: ReadonlyArray<Step>): Script<Step> => {
  const entries = steps.map((step) => ({ step, used: 0, times: step.times ?? 1 }))
  return {
    take: (fits) => {
      const entry = entries.find(({ step, times, used }) => used < times && fits(step))
      if (entry === undefined) return undefined
      entry.used++
      return entry.step
    },
    progress: () => entries.map(({ step, times, used }) => ({ on: step.on, used, times }))
  }
}
