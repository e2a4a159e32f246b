// SPDX-License-Identifier: Apache-2.0
// Sends spans and logs of a model with the exporters of OpenTelemetry for Node, in both forms: send.mjs PORT TOKEN.
// Prints {"spans": {name: id as event}, "outcomes": [codes]}; 0 is success.
import { context, trace } from "@opentelemetry/api";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPTraceExporter as AsJson } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as AsProtobuf } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";

const [port, token] = process.argv.slice(2);
const resource = resourceFromAttributes({ "service.name": "help-desk", "service.version": "2.1.0" });
const kept = new InMemorySpanExporter();
const written = new InMemoryLogRecordExporter();
const tracer = new BasicTracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor(kept)] }).getTracer("tests");
const logger = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor(written)] }).getLogger("tests");

const chat = tracer.startSpan("chat claude");
chat.setAttributes({
  "gen_ai.operation.name": "chat", "gen_ai.system": "anthropic", "gen_ai.response.model": "claude-x", "gen_ai.usage.input_tokens": 7,
  "gen_ai.usage.output_tokens": 8, "gen_ai.response.finish_reasons": ["end_turn"], "gen_ai.prompt": "Who is Ann Smith?",
  "gen_ai.response.time_to_first_chunk": 0.25, "gen_ai.request.stream": true,
});
logger.emit({
  eventName: "gen_ai.evaluation.result", timestamp: new Date(1777629700000), context: trace.setSpan(context.active(), chat),
  attributes: { "gen_ai.evaluation.name": "tone", "gen_ai.evaluation.score.value": 0.5, "gen_ai.evaluation.explanation": "Ann Smith" },
});
chat.end();
tracer.startSpan("GET /").end();

const spans = kept.getFinishedSpans();
const logs = written.getFinishedLogRecords();
const headers = { authorization: `Bearer ${token}` };
const send = (exporter, what) => new Promise((done) => exporter.export(what, (r) => done(r.error ? String(r.error) : r.code)));
const outcomes = [];
for (const compression of ["none", "gzip"])
  for (const Exporter of [AsJson, AsProtobuf])
    outcomes.push(await send(new Exporter({ url: `http://127.0.0.1:${port}/v1/traces`, headers, compression }), spans));
for (const compression of ["none", "gzip"])
  outcomes.push(await send(new OTLPLogExporter({ url: `http://127.0.0.1:${port}/v1/logs`, headers, compression }), logs));
console.log(JSON.stringify({
  outcomes,
  spans: Object.fromEntries(spans.map((s) => [s.name, `${s.spanContext().traceId}:${s.spanContext().spanId}`])),
}));
