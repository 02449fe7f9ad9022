/** Webhook configurations stored at the vendor and referenced by id in a parse. */
import { Clock, Effect, Schema } from "effect"
import { type HttpRouter, type HttpServerRequest, HttpServerResponse } from "effect/http"
import { uuidBytes, uuidV5 } from "../../domain/hash.ts"
import type { Account, StoredWebhook } from "./Account.ts"
import { answer, pathParam } from "./answer.ts"
import { WebhookConfiguration } from "./Configuration.ts"
import { iso, projectId } from "./ParseJob.ts"
import { invalidInput, type Refusal, refusal } from "./Refusal.ts"

type Request = HttpServerRequest.HttpServerRequest

const namespace = uuidBytes("1f5e3a6c-0b7d-4f2e-9c58-6a7b8c9d0e1f")

/** The secret is write-only. */
const body = ({ configuration, createdAt, id, updatedAt }: StoredWebhook) => {
  const { webhook_signing_secret: secret, ...shown } = configuration
  return {
    id,
    tenant_id: projectId,
    tenant_type: "project",
    has_secret: secret != null,
    created_at: iso(createdAt),
    updated_at: iso(updatedAt),
    ...shown
  }
}

const decode = <S extends Schema.ConstraintDecoder<unknown>>(schema: S, request: Request) =>
  request.json.pipe(
    Effect.mapError(() => refusal(422, "The body is not valid JSON.")),
    Effect.flatMap((input) =>
      Schema.decodeUnknownEffect(schema)(input, { errors: "all" }).pipe(Effect.mapError(invalidInput("body", input)))
    )
  )

const Changes = WebhookConfiguration.mapFields((fields) => ({
  ...fields,
  webhook_url: Schema.optionalKey(fields.webhook_url)
}))

const json = (value: unknown) => HttpServerResponse.jsonUnsafe(value)

const find = (account: Account, request: Request): Effect.Effect<StoredWebhook, Refusal> =>
  Effect.suspend(() => {
    const webhook = account.webhooks.get(pathParam(request, 5))
    return webhook === undefined
      ? Effect.fail(refusal(404, "Webhook configuration not found"))
      : Effect.succeed(webhook)
  })

const store = Effect.fnUntraced(function*(account: Account, id: string, configuration: WebhookConfiguration) {
  const now = yield* Clock.currentTimeMillis
  const stored = { id, createdAt: account.webhooks.get(id)?.createdAt ?? now, updatedAt: now, configuration }
  account.webhooks.set(id, stored)
  return json(body(stored))
})

export const addWebhookRoutes = Effect.fnUntraced(function*(router: HttpRouter.HttpRouter, account: Account) {
  const path = "/api/v1/beta/webhook-configs"
  yield* router.add(
    "POST",
    path,
    answer(
      account,
      (request) =>
        Effect.flatMap(
          decode(WebhookConfiguration, request),
          (configuration) =>
            store(account, uuidV5(namespace, `${account.webhooks.size} ${configuration.webhook_url}`), configuration)
        )
    )
  )
  yield* router.add(
    "GET",
    path,
    answer(account, () => Effect.sync(() => json([...account.webhooks.values()].toReversed().map(body))))
  )
  yield* router.add(
    "GET",
    `${path}/:id`,
    answer(account, (request) => Effect.map(find(account, request), (stored) => json(body(stored))))
  )
  yield* router.add(
    "PUT",
    `${path}/:id`,
    answer(
      account,
      Effect.fnUntraced(function*(request: Request) {
        const { configuration, id } = yield* find(account, request)
        return yield* store(account, id, { ...configuration, ...yield* decode(Changes, request) })
      })
    )
  )
  yield* router.add(
    "DELETE",
    `${path}/:id`,
    answer(account, (request) =>
      Effect.map(find(account, request), ({ id }) => {
        account.webhooks.delete(id)
        return HttpServerResponse.empty()
      }))
  )
})
