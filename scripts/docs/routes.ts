/** Every route of the HTTP contract, as `group.endpoint`. */
import { HttpApi } from "effect/http-api"
import { Api } from "../../src/api/Api.ts"

export interface Route {
  readonly name: string
  readonly method: string
  readonly path: string
}

export const routes: ReadonlyArray<Route> = (() => {
  const found: Array<Route> = []
  HttpApi.reflect(Api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, group }) => {
      const path = endpoint.path.length > 1 ? endpoint.path.replace(/\/$/, "") : endpoint.path
      found.push({ name: `${group.identifier}.${endpoint.identifier}`, method: endpoint.method, path })
    }
  })
  return found
})()
