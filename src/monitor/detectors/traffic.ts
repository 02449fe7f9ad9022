/** What goes in and out: callbacks, the API, notices, releases. */
import type { Detectors } from "./Detector.ts"

/** Fewer parses than this say nothing about callbacks. */
const fewest = 3

export const traffic = {
  CALLBACKS_LOST: ({ parses: { ended, polled } }, over, { callbacks }) =>
    callbacks && ended >= fewest && polled * 100 >= ended * over
      ? [{ subject: "", message: `${polled} of ${ended} parses of the last 15 minutes ended without a callback.` }]
      : [],
  DEPENDENCY_UNREACHABLE: (_facts, _over, { api }) =>
    api === null || api.problem === "" ? [] : [{ subject: "api", message: api.problem }],
  RELEASE_NEEDS_A_PERSON: ({ failedReleases }) =>
    failedReleases.filter(({ outcome }) => outcome === "needs_a_person").map(({ environment, reason, version }) => ({
      subject: environment,
      message: `The release ${version} could not be rolled back on ${environment} and needs a person: ${reason}`
    })),
  RELEASE_ROLLED_BACK: ({ failedReleases }) =>
    failedReleases.filter(({ outcome }) => outcome === "rolled_back").map(({ environment, reason, version }) => ({
      subject: environment,
      message: `The release ${version} was rolled back on ${environment}: ${reason}`
    })),
  SINK_FAILING: ({ sinks }, over) =>
    sinks.filter(({ attempts }) => attempts >= over).map(({ attempts, error, sink }) => ({
      subject: sink,
      message: `The sink ${sink} has not accepted a notice in ${attempts} attempts: ${error}`
    }))
} satisfies Detectors
