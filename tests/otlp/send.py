#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends spans and logs of a model with the exporters of OpenTelemetry for Python: as they are, and packed.

    send.py PORT TOKEN

Prints what it made: {"spans": [ids as events], "outcomes": […], "json": the same spans as JSON of OTLP, "logs": the same}.
"""
import base64
import json
import sys

from google.protobuf.json_format import MessageToDict
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Status, StatusCode

RESOURCE = Resource.create({"service.name": "help-desk", "service.version": "2.1.0", "deployment.environment.name": "prod"})


def make():
    """An agent that asks a model and calls a tool, a plain query, a failure; and a judgement of the answer."""
    kept, written = InMemorySpanExporter(), InMemoryLogRecordExporter()
    provider, logs = TracerProvider(resource=RESOURCE), LoggerProvider(resource=RESOURCE)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    logs.add_log_record_processor(SimpleLogRecordProcessor(written))
    tracer, logger = provider.get_tracer("tests"), logs.get_logger("tests")
    with tracer.start_as_current_span("invoke_agent helper") as agent:
        agent.set_attributes({"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "helper"})
        with tracer.start_as_current_span("chat gpt-4o") as chat:
            chat.set_attributes({
                "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o",
                "gen_ai.response.model": "gpt-4o-2024-08-06", "gen_ai.response.id": "chatcmpl-9", "gen_ai.response.finish_reasons": ["stop", "length"],
                "gen_ai.usage.input_tokens": 812, "gen_ai.usage.output_tokens": 140, "gen_ai.response.time_to_first_chunk": 0.183,
                "gen_ai.input.messages": json.dumps([{"role": "user", "parts": [{"type": "text", "content": "Who is Ann Smith? 艾玛"}]}]),
                "gen_ai.request.stop_sequences": ["a", "b"], "gen_ai.request.temperature": 0.7, "gen_ai.request.stream": True})
            chat.add_event("gen_ai.evaluation.result", {"gen_ai.evaluation.name": "relevance", "gen_ai.evaluation.score.value": 0.83})
            logger.emit(LogRecord(event_name="gen_ai.evaluation.result", timestamp=1777629700000000000, severity_number=SeverityNumber.INFO, attributes={
                "gen_ai.evaluation.name": "tone", "gen_ai.evaluation.score.value": 1, "gen_ai.evaluation.score.label": "kind"}))
            logger.emit(LogRecord(body="a line of a log", timestamp=1777629700000000000))
        with tracer.start_as_current_span("execute_tool look_up") as tool:
            tool.set_attributes({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "look_up", "gen_ai.tool.call.arguments": "{\"name\": \"Ann Smith\"}"})
            tool.record_exception(TimeoutError("Ann Smith"))
            tool.set_status(Status(StatusCode.ERROR, "Ann Smith"))
        with tracer.start_as_current_span("SELECT"):
            pass
    return kept.get_finished_spans(), written.get_finished_logs()


def in_hex(value):
    """Ids are hex in the JSON of OTLP, where protobuf's own has base64."""
    if isinstance(value, list):
        return [in_hex(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {k: base64.b64decode(v).hex() if k in ("traceId", "spanId", "parentSpanId") else in_hex(v) for k, v in value.items()}


def main():
    port, token = sys.argv[1:3]
    spans, logs = make()
    outcomes = []
    for compression in (Compression.NoCompression, Compression.Gzip):
        more = {"headers": {"authorization": f"Bearer {token}"}, "compression": compression, "timeout": 30}
        outcomes.append(OTLPSpanExporter(endpoint=f"http://127.0.0.1:{port}/v1/traces", **more).export(spans).name)
        outcomes.append(OTLPLogExporter(endpoint=f"http://127.0.0.1:{port}/v1/logs", **more).export(logs).name)
    print(json.dumps({
        "outcomes": outcomes,
        "spans": {s.name: f"{s.context.trace_id:032x}:{s.context.span_id:016x}" for s in spans},
        "json": in_hex(MessageToDict(encode_spans(spans), use_integers_for_enums=True)),
        "logs": in_hex(MessageToDict(encode_logs(logs), use_integers_for_enums=True))}))


main()
