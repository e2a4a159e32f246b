// SPDX-License-Identifier: Apache-2.0
// How a program sends what it does, ready to be copied: to the address of this organisation, as this system. The token
// stands in the environment, never in the text. docs/events.md says what a line may have.

export interface Snippet {
	id: 'curl' | 'python' | 'node' | 'go' | 'java';
	/** As the language calls itself. */
	title: string;
	text: string;
}

/** The line that each of them sends; its time is filled in where it runs. */
export const line = (system: string, ts: string): Record<string, unknown> => ({ v: 1, kind: 'prediction', id: 'e1', system, ts, task: 'binary', pred_class: 1, score: 0.87 });

const around = (system: string): [string, string] => {
	const [before = '', after = ''] = JSON.stringify(line(system, '@')).split('@');
	return [before, after];
};

function curl(address: string, system: string): string {
	const [before, after] = around(system);
	return `curl -H "Authorization: Bearer $AIMWELL_TOKEN" -H "Content-Type: application/x-ndjson" \\
  --data-binary '${before}'$(date -u +%FT%TZ)'${after}' \\
  ${address}/api/v1/events`;
}

const python = (address: string, system: string): string => `import datetime, json, os, urllib.request

event = {"v": 1, "kind": "prediction", "id": "e1", "system": "${system}", "task": "binary", "pred_class": 1, "score": 0.87,
         "ts": datetime.datetime.now(datetime.timezone.utc).isoformat()}
request = urllib.request.Request(
    "${address}/api/v1/events", data=(json.dumps(event) + "\\n").encode(),
    headers={"Authorization": "Bearer " + os.environ["AIMWELL_TOKEN"], "Content-Type": "application/x-ndjson"})
print(urllib.request.urlopen(request).read().decode())`;

const node = (address: string, system: string): string => `// npm install @opentelemetry/sdk-trace-base @opentelemetry/exporter-trace-otlp-proto @opentelemetry/resources
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";

const exporter = new OTLPTraceExporter({ url: "${address}/v1/traces", headers: { authorization: \`Bearer \${process.env.AIMWELL_TOKEN}\` } });
const provider = new BasicTracerProvider({
  resource: resourceFromAttributes({ "aimwell.system": "${system}", "service.version": "1.0" }),
  spanProcessors: [new BatchSpanProcessor(exporter)],
});
const span = provider.getTracer("app").startSpan("chat gpt-4o"); // an instrumentation does this for you
span.setAttributes({ "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o",
  "gen_ai.usage.input_tokens": 812, "gen_ai.usage.output_tokens": 140 });
span.end();
await provider.shutdown(); // at the end of the program: sends what waits`;

function go(address: string, system: string): string {
	const [before, after] = around(system);
	return `package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

func main() {
	event := \`${before}\` + time.Now().UTC().Format(time.RFC3339) + \`${after}\` + "\\n"
	request, err := http.NewRequest("POST", "${address}/api/v1/events", strings.NewReader(event))
	if err != nil {
		panic(err)
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("AIMWELL_TOKEN"))
	request.Header.Set("Content-Type", "application/x-ndjson")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err) // send again later: an event with an id counts once
	}
	defer answer.Body.Close()
	said, _ := io.ReadAll(answer.Body)
	fmt.Println(answer.Status, string(said))
}`;
}

function java(address: string, system: string): string {
	const [before, after] = around(system).map((part) => part.replaceAll('"', '\\"'));
	return `import java.net.URI;
import java.net.http.*;
import java.time.Instant;

public class Send {
    public static void main(String[] args) throws Exception {
        String event = "${before}" + Instant.now() + "${after}\\n";
        HttpRequest request = HttpRequest.newBuilder(URI.create("${address}/api/v1/events"))
            .header("Authorization", "Bearer " + System.getenv("AIMWELL_TOKEN"))
            .header("Content-Type", "application/x-ndjson")
            .POST(HttpRequest.BodyPublishers.ofString(event)).build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        System.out.println(answer.statusCode() + " " + answer.body());
    }
}`;
}

/** address: without a slash at its end. */
export const snippetsFor = (address: string, system: string): Snippet[] => [
	{ id: 'curl', title: 'curl', text: curl(address, system) },
	{ id: 'python', title: 'Python', text: python(address, system) },
	{ id: 'node', title: 'Node (OpenTelemetry)', text: node(address, system) },
	{ id: 'go', title: 'Go', text: go(address, system) },
	{ id: 'java', title: 'Java', text: java(address, system) }
];
