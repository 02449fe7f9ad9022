/** The generated client of the API at an address. */
import { HttpApiClient } from "effect/http-api"
import { Api } from "../http/Api.ts"

export const connect = (url: URL) => HttpApiClient.make(Api, { baseUrl: url })
