/** Groups of the API that the CLI's tests do not call. */
import { Effect, Layer } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "../../../src/api/Api.ts"

const unused = () => Effect.die("unused")

export const unusedGroups = Layer.mergeAll(
  HttpApiBuilder.group(
    Api,
    "keys",
    (handlers) => handlers.handleAll({ create: unused, list: unused, rotate: unused, revoke: unused })
  ),
  HttpApiBuilder.group(Api, "audit", (handlers) => handlers.handleAll({ list: unused, check: unused })),
  HttpApiBuilder.group(Api, "providers", (handlers) => handlers.handleAll({ list: unused, reset: unused })),
  HttpApiBuilder.group(Api, "alerts", (handlers) =>
    handlers.handleAll({
      list: unused,
      rules: unused,
      test: unused,
      get: unused,
      acknowledge: unused,
      silence: unused,
      unsilence: unused
    })),
  HttpApiBuilder.group(Api, "installation", (handlers) => handlers.handleAll({ get: unused, control: unused })),
  HttpApiBuilder.group(
    Api,
    "inspections",
    (handlers) => handlers.handleAll({ ofApi: unused, order: unused, get: unused })
  ),
  HttpApiBuilder.group(Api, "releases", (handlers) => handlers.handleAll({ list: unused, get: unused })),
  HttpApiBuilder.group(Api, "budgets", (handlers) => handlers.handleAll({ list: unused, set: unused })),
  HttpApiBuilder.group(
    Api,
    "users",
    (handlers) => handlers.handleAll({ export: unused, file: unused, erase: unused, leftovers: unused })
  ),
  HttpApiBuilder.group(Api, "subscriptions", (handlers) =>
    handlers.handleAll({
      list: unused,
      create: unused,
      get: unused,
      update: unused,
      remove: unused,
      rotate: unused,
      test: unused,
      deliveries: unused,
      replay: unused
    })),
  HttpApiBuilder.group(Api, "uploads", (handlers) => handlers.handleAll({ create: unused, complete: unused })),
  HttpApiBuilder.group(Api, "uploadContent", (handlers) => handlers.handleAll({ put: unused })),
  HttpApiBuilder.group(Api, "webhooks", (handlers) => handlers.handleAll({ llamaparse: unused }))
)
