/** Render's REST API in memory, as its reference says. A build of a commit that begins with `broken` fails. */
import { Effect, type Scope } from "effect"
import { serveStub, type StubAnswer, type StubBehaviour, type StubRequest } from "./HttpStub.ts"

interface StubDeploy {
  readonly id: string
  status: string
  readonly trigger: string
  readonly commit: { readonly id: string }
  looks: number
}

interface StubService {
  readonly id: string
  readonly name: string
  autoDeploy: "yes" | "no"
  numInstances: number
  /** Newest first. */
  readonly deploys: Array<StubDeploy>
  readonly env: Map<string, string>
}

export interface RenderStub {
  readonly url: URL
  readonly requests: ReadonlyArray<StubRequest>
  readonly services: ReadonlyArray<StubService>
  /** Instead of the routes, while it returns something. */
  intercept: (request: StubRequest) => StubBehaviour | undefined
}

export const renderKey = "rnd_s3cret"

export const serveRender = (
  names: ReadonlyArray<string>,
  version: string
): Effect.Effect<RenderStub, never, Scope.Scope> =>
  Effect.gen(function*() {
    const requests: Array<StubRequest> = []
    let made = 0
    const deployOf = (commit: string, trigger: string, status: string): StubDeploy => ({
      id: `dep-${++made}`,
      status,
      trigger,
      commit: { id: commit },
      looks: 0
    })
    const services = names.map((name, index): StubService => ({
      id: `srv-${index + 1}`,
      name,
      autoDeploy: "yes",
      numInstances: 1,
      deploys: [deployOf(version, "new_commit", "live")],
      env: new Map()
    }))
    const url = yield* serveStub((request) => {
      requests.push(request)
      const given = stub.intercept(request)
      if (given !== undefined) return given
      return request.headers.authorization === `Bearer ${renderKey}`
        ? answer(request)
        : { status: 401, body: { id: "req-1", message: `Unauthorized: ${request.headers.authorization}` } }
    })
    const answer = ({ body, method, url }: StubRequest): StubAnswer => {
      const [, , resource = "", id = "", part = "", ...rest] = url.pathname.split("/")
      if (resource !== "services") return missing
      if (id === "") {
        const name = url.searchParams.get("name")
        return page(services.filter((each) => name === null || each.name === name).map(viewOf), "service", url)
      }
      const service = services.find((each) => each.id === id)
      if (service === undefined) return missing
      const sent = body.length === 0 ? {} : JSON.parse(body.toString())
      const begin = (commit: string, trigger: string): StubAnswer => {
        const deploy = deployOf(commit, trigger, "created")
        service.deploys.unshift(deploy)
        return { status: 201, body: deploy }
      }
      switch (`${method} ${part}`) {
        case "GET ":
          return { status: 200, body: viewOf(service) }
        case "PATCH ":
          service.autoDeploy = sent.autoDeploy
          return { status: 200, body: viewOf(service) }
        case "POST deploys":
          return begin(sent.commitId ?? sent.imageUrl, "api")
        case "POST rollback": {
          const target = service.deploys.find((each) => each.id === sent.deployId)
          return target === undefined ? missing : begin(target.commit.id, "rollback")
        }
        case "POST scale":
          service.numInstances = sent.numInstances
          return { status: 202 }
        case "GET deploys": {
          if (rest[0] === undefined) {
            const status = url.searchParams.get("status")
            return page(service.deploys.filter((each) => status === null || each.status === status), "deploy", url)
          }
          const deploy = service.deploys.find((each) => each.id === rest[0])
          if (deploy === undefined) return missing
          if (deploy.status !== "live" && deploy.status !== "deactivated") advance(service, deploy)
          return { status: 200, body: deploy }
        }
        case "GET env-vars":
          return page([...service.env].map(([key, value]) => ({ key, value })), "envVar", url)
        case "PUT env-vars":
          service.env.set(rest[0] ?? "", sent.value)
          return { status: 200, body: { key: rest[0], value: sent.value } }
        case "DELETE env-vars":
          return service.env.delete(rest[0] ?? "") ? { status: 204 } : missing
        default:
          return missing
      }
    }
    const stub: RenderStub = { url: new URL("/v1", url), requests, services, intercept: () => undefined }
    return stub
  })

const missing: StubAnswer = { status: 404, body: { id: "req-1", message: "not found" } }

const viewOf = ({ autoDeploy, id, name, numInstances }: StubService) => ({
  id,
  name,
  autoDeploy,
  type: "background_worker",
  serviceDetails: { numInstances }
})

const page = (all: ReadonlyArray<object>, resource: string, url: URL): StubAnswer => {
  const from = Number(url.searchParams.get("cursor") ?? 0)
  const limit = Number(url.searchParams.get("limit") ?? 20)
  return {
    status: 200,
    body: all.slice(from, from + limit).map((each, index) => ({ cursor: String(from + index + 1), [resource]: each }))
  }
}

/** A deployment needs two looks. */
const advance = (service: StubService, deploy: StubDeploy): void => {
  if (deploy.commit.id.startsWith("broken")) {
    deploy.status = "build_failed"
  } else if (++deploy.looks < 2) {
    deploy.status = "update_in_progress"
  } else {
    for (const each of service.deploys) if (each.status === "live") each.status = "deactivated"
    deploy.status = "live"
  }
}
