import { it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { assert } from "vitest"
import { openOtlpLogs } from "../../../otel/logs/otlpLogs.ts"
import { startOtlpReceiver } from "../../support/stubs/OtlpReceiver.ts"

it.live("log lines at a collector have the resource's attributes, and those of OTEL_RESOURCE_ATTRIBUTES", () =>
  Effect.gen(function*() {
    const receiver = yield* startOtlpReceiver
    const resource = { serviceName: "accessa-api", serviceVersion: "1", attributes: { "service.instance.id": "i1" } }
    const environment = ConfigProvider.fromEnv({
      env: { OTEL_RESOURCE_ATTRIBUTES: "k8s.pod.name=api-7,team=policies%20and%20claims" }
    })
    yield* openOtlpLogs({ url: new URL("/v1/logs", receiver.url), headers: {}, resource }).pipe(
      Effect.provideService(ConfigProvider.ConfigProvider, environment),
      Effect.tap((send) =>
        Effect.sync(() =>
          send({
            time: "2026-03-01T12:00:00.000Z",
            level: "INFO",
            service: "accessa-api",
            message: "It runs.",
            fields: {}
          })
        )
      ),
      // Closing sends what is left.
      Effect.scoped
    )
    const [log] = receiver.logs
    assert.deepInclude(log?.resource, {
      "service.name": "accessa-api",
      "service.instance.id": "i1",
      "k8s.pod.name": "api-7",
      team: "policies and claims"
    })
  }).pipe(Effect.scoped))
