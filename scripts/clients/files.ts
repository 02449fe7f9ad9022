/** What is generated of the clients. */
import { pythonTypes } from "./pythonTypes.ts"
import { schemasOfApi } from "./schemas.ts"
import { typescriptTypes } from "./typescriptTypes.ts"

export const clientFiles = () => {
  const schemas = schemasOfApi()
  return [
    { path: "clients/typescript/src/schemas.ts", text: typescriptTypes(schemas) },
    { path: "clients/python/accessa/schemas.py", text: pythonTypes(schemas) }
  ]
}
