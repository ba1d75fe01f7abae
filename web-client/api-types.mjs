// Makes src/api/schema.d.ts from the server's OpenAPI document: `npm run api`. With `-- --check` it only says whether they fit.
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const document = JSON.parse(readFileSync(new URL("../server/openapi.json", import.meta.url), "utf8"));
const target = new URL("src/api/schema.d.ts", import.meta.url);
for (const [path, operations] of Object.entries(document.paths)) {
  for (const operation of Object.values(operations)) {
    // Ids of operations are names of handlers, and several are called `get`: without them every path carries its own types.
    delete operation.operationId;
    // A parameter that is no part of the path stands behind the question mark, whatever the document says.
    for (const parameter of operation.parameters ?? []) {
      if (parameter.in !== "path" || path.includes(`{${parameter.name}}`)) continue;
      parameter.in = "query";
      parameter.required = !JSON.stringify(parameter.schema).includes('"null"');
    }
  }
}
const types = astToString(await openapiTS(document));
const text = `// Made by \`npm run api\` from server/openapi.json. Do not change by hand.\n\n${types}`;
if (!process.argv.includes("--check")) writeFileSync(target, text);
else if (readFileSync(target, "utf8") !== text) {
  console.error("src/api/schema.d.ts does not fit server/openapi.json: npm run api");
  process.exit(1);
}
