/** stack.json: what the stand-in for Docker runs. */

export interface Service {
  readonly program: "api" | "worker" | "monitor"
  readonly portName: "API_PORT" | "WORKER_HEALTH_PORT" | "MONITOR_PORT"
  /** One a replica. */
  readonly ports: ReadonlyArray<number>
  readonly env: Readonly<Record<string, string>>
}

/** How an image differs from this checkout. */
export interface Release {
  readonly env?: Readonly<Record<string, string>>
  /** Arguments of Node, instead of the service's own program. */
  readonly command?: ReadonlyArray<string>
  /** The services for which that is so; absent: all. */
  readonly only?: ReadonlyArray<string>
}

export interface Stack {
  readonly root: string
  readonly env: Readonly<Record<string, string>>
  readonly services: Readonly<Record<string, Service>>
  /** By tag; others are this checkout as it is. */
  readonly releases: Readonly<Record<string, Release>>
}
