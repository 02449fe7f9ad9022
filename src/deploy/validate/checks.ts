/** All checks, by group, in the order in which they are shown. */
import type { Check, Group } from "./Check.ts"
import { apiServer } from "./checks/apiServer.ts"
import { configuration } from "./checks/configuration.ts"
import { database } from "./checks/database.ts"
import { externalServices } from "./checks/externalServices.ts"
import { security } from "./checks/security.ts"
import { storage } from "./checks/storage.ts"
import { workerProcess } from "./checks/workerProcess.ts"

export const checks: Readonly<Record<Group, ReadonlyArray<Check>>> = {
  database,
  api_server: apiServer,
  worker_process: workerProcess,
  external_services: externalServices,
  storage,
  configuration,
  security
}
