// SPDX-FileCopyrightText: 2026 FeatureOps contributors
// SPDX-License-Identifier: MIT
// Opens a text in yaml-language-server, the server behind VS Code's YAML extension, as an editor does. Reads from standard input
// {settings, name, text, cursors} and prints {problems, completions, hovers}: messages, and for each cursor labels and texts.
const { spawn } = require("child_process");
const fs = require("fs");
const rpc = require("vscode-jsonrpc/node");

const { settings, name, text, cursors } = JSON.parse(fs.readFileSync(0, "utf8"));
const uri = `file:///project/${name}`;
const server = spawn(process.execPath, [require.resolve("yaml-language-server/bin/yaml-language-server"), "--stdio"]);
const connection = rpc.createMessageConnection(
  new rpc.StreamMessageReader(server.stdout),
  new rpc.StreamMessageWriter(server.stdin),
);
const diagnosed = new Promise((resolve) =>
  connection.onNotification("textDocument/publishDiagnostics", ({ diagnostics }) => resolve(diagnostics)),
);
connection.onRequest("workspace/configuration", ({ items }) =>
  items.map(({ section }) => (section === "yaml" ? settings : {})),
);
connection.onRequest("client/registerCapability", () => null);
connection.listen();

(async () => {
  const capabilities = { workspace: { configuration: true }, textDocument: {} };
  await connection.sendRequest("initialize", { processId: process.pid, rootUri: "file:///work", capabilities });
  await connection.sendNotification("initialized", {});
  await connection.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "yaml", version: 1, text },
  });
  const problems = (await diagnosed).map((one) => `${one.range.start.line + 1}: ${one.message}`);
  const completions = [];
  const hovers = [];
  for (const [line, character] of cursors) {
    const place = { textDocument: { uri }, position: { line, character } };
    const found = await connection.sendRequest("textDocument/completion", place);
    completions.push((found.items || found || []).map((item) => item.label));
    const hover = await connection.sendRequest("textDocument/hover", place);
    hovers.push(hover ? hover.contents.value : "");
  }
  console.log(JSON.stringify({ problems, completions, hovers }));
  server.kill();
  process.exit(0);
})();
