// The X-Ray SDK for Node and OpenTelemetry's SDK, told nothing but what the environment says.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { STS } from "@aws-sdk/client-sts";
import { XRay } from "@aws-sdk/client-xray";
import { SpanKind } from "@opentelemetry/api";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import AWSXRay from "aws-xray-sdk-core"; // which TypeScript writes `import * as AWSXRay`
import { post } from "./clients.mjs";

const xray = new XRay({});
const resource = resourceFromAttributes({ "service.name": "cart" });

beforeEach(() => post("/_bayon/reset", {}));

/** The first answer that is not nothing. */
async function until(ask) {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    const found = await ask();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error("it did not happen");
}

/** The documents of a trace, once it has as many. */
async function documents(TraceId, count) {
  return until(async () => {
    const { Traces } = await xray.batchGetTraces({ TraceIds: [TraceId] });
    const found = Traces.flatMap((trace) => trace.Segments.map((segment) => JSON.parse(segment.Document)));
    return found.length >= count && found;
  });
}

/** What the guide does in its own code, within a segment as the SDK's middleware opens one. */
function annotated(user, params) {
  const segment = AWSXRay.getSegment();
  segment.addAnnotation("userId", user.id);
  segment.addAnnotation("operationType", "contentGeneration");
  segment.addMetadata("requestParams", params);
}

test("the X-Ray SDK: annotations, metadata and a call of AWS, found by the filter of the guide", async () => {
  const namespace = AWSXRay.getNamespace();
  const segment = new AWSXRay.Segment("api");
  await namespace.runPromise(async () => {
    AWSXRay.setSegment(segment);
    annotated({ id: "user-123" }, { words: 300 });
    await AWSXRay.captureAWSv3Client(new STS({})).getCallerIdentity({});
    segment.close();
  });
  const [root, called] = await documents(segment.trace_id, 2);
  assert.deepEqual(root.annotations, { userId: "user-123", operationType: "contentGeneration" });
  assert.deepEqual(root.metadata.default.requestParams, { words: 300 });
  assert.equal(root.subsegments[0].namespace, "aws");
  assert.equal(root.subsegments[0].aws.operation, "GetCallerIdentity");
  assert.ok(called.inferred);
  const now = Date.now();
  const { TraceSummaries } = await xray.getTraceSummaries({
    StartTime: new Date(now - 600_000),
    EndTime: new Date(now + 600_000),
    FilterExpression: 'annotation.userId = "user-123" AND annotation.operationType = "contentGeneration"',
  });
  assert.deepEqual(TraceSummaries.map((summary) => summary.Id), [segment.trace_id]);
});

test("OpenTelemetry's spans, in JSON", async () => {
  const exporter = new OTLPTraceExporter({ url: `${process.env.AWS_ENDPOINT_URL}/v1/traces` });
  const provider = new BasicTracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const span = provider.getTracer("demo").startSpan("GET /cart", {
    kind: SpanKind.SERVER,
    attributes: { "http.request.method": "GET", "url.path": "/cart", "http.response.status_code": 429, list: [1, 2.5] },
  });
  span.recordException(new TypeError("too many"));
  span.end();
  await provider.shutdown();
  const id = span.spanContext().traceId;
  const [root] = await documents(`1-${id.slice(0, 8)}-${id.slice(8)}`, 1);
  assert.equal(root.name, "cart");
  assert.ok(root.error && root.throttle);
  assert.deepEqual(root.http.response, { status: 429 });
  assert.deepEqual(root.metadata.list, [1, 2.5]);
  assert.equal(root.cause.exceptions[0].message, "too many");
});

test("OpenTelemetry's metrics, in JSON", async () => {
  const exporter = new OTLPMetricExporter({ url: `${process.env.AWS_ENDPOINT_URL}/v1/metrics` });
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meters = new MeterProvider({ resource, readers: [reader] });
  const orders = meters.getMeter("demo").createCounter("orders", { unit: "{order}" });
  for (let round = 0; round < 2; round += 1) {
    orders.add(3, { page: "checkout" });
    await meters.forceFlush();
    await new Promise((done) => setTimeout(done, 5));
  }
  await meters.shutdown();
  const now = Date.now();
  const { Datapoints } = await new CloudWatch({}).getMetricStatistics({
    Namespace: "cart",
    MetricName: "orders",
    Dimensions: [{ Name: "page", Value: "checkout" }, { Name: "service.name", Value: "cart" }],
    StartTime: new Date(now - 3_600_000),
    EndTime: new Date(now + 3_600_000),
    Period: 86_400,
    Statistics: ["Sum"],
  });
  assert.deepEqual(Datapoints.map((point) => [point.Sum, point.Unit]), [[6, "Count"]]);
});
