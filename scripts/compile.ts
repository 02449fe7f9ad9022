/** Loads the modules of all programs, without starting one, so that Node writes their compiled code to NODE_COMPILE_CACHE. */
const modules = [
  "src/bin/launch.ts",
  "src/bin/apiLayer.ts",
  "src/bin/workerLayer.ts",
  "src/bin/monitorLayer.ts",
  "src/bin/alertingLayer.ts",
  "src/bin/mockLayers.ts",
  "layers/App/App.ts"
]

for (const module of modules) await import(new URL(`../${module}`, import.meta.url).href)
