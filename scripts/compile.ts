/** Loads the modules of all programs, without starting one, so that Node writes their compiled code to NODE_COMPILE_CACHE. */
const modules = [
  "src/process/launch.ts",
  "src/process/apiLayer.ts",
  "src/process/workerLayer.ts",
  "src/process/monitorLayer.ts",
  "src/process/alertingLayer.ts",
  "src/process/mockLayers.ts",
  "layers/App/App.ts"
]

for (const module of modules) await import(new URL(`../${module}`, import.meta.url).href)
