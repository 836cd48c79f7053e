import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { CloudWatch, paginateGetMetricData, paginateListMetrics } from "@aws-sdk/client-cloudwatch";
import { NOW, SPAN, fresh, watched } from "./clients.mjs";

const cloudwatch = new CloudWatch({});
beforeEach(fresh);

test("the guide's metric is put and read back with percentiles", async () => {
  const Dimensions = [
    { Name: "Endpoint", Value: "/api/content/generate" },
    { Name: "Environment", Value: "production" },
  ];
  for (const latency of [120, 80, 100]) {
    await cloudwatch.putMetricData({
      Namespace: "BayonCoAgent/API",
      MetricData: [{ MetricName: "EndpointLatency", Value: latency, Unit: "Milliseconds", Dimensions }],
    });
  }
  const { Metrics } = await cloudwatch.listMetrics({ Namespace: "BayonCoAgent/API" });
  assert.deepEqual(Metrics, [{ Namespace: "BayonCoAgent/API", MetricName: "EndpointLatency", Dimensions }]);
  const { Datapoints } = await cloudwatch.getMetricStatistics({
    Namespace: "BayonCoAgent/API",
    MetricName: "EndpointLatency",
    Dimensions,
    Period: 60,
    Statistics: ["Average", "SampleCount"],
    ...SPAN,
  });
  assert.deepEqual(Datapoints, [{ Timestamp: NOW, Average: 100, SampleCount: 3, Unit: "Milliseconds" }]);
  const Metric = { Namespace: "BayonCoAgent/API", MetricName: "EndpointLatency", Dimensions };
  const MetricDataQueries = ["p50", "p99", "Maximum"].map((Stat, at) => ({
    Id: `q${at}`,
    MetricStat: { Metric, Period: 300, Stat },
  }));
  const values = {};
  for await (const page of paginateGetMetricData({ client: cloudwatch }, { MetricDataQueries, ...SPAN })) {
    for (const result of page.MetricDataResults) values[result.Id] = result.Values;
  }
  assert.deepEqual(values.q2, [120]);
  assert.equal(values.q0[0], 100);
  assert.ok(values.q1[0] > 119 && values.q1[0] <= 120);
});

test("weighted values, statistic sets and high resolution", async () => {
  const sent = watched(cloudwatch);
  const set = { SampleCount: 2, Sum: 5, Minimum: 1, Maximum: 4 };
  await cloudwatch.putMetricData({
    Namespace: "App",
    MetricData: [
      { MetricName: "v", Values: [1, 2], Counts: [3, 1], StorageResolution: 1, Timestamp: NOW },
      { MetricName: "s", StatisticValues: set, Timestamp: NOW },
    ],
  });
  assert.match(sent[0].headers["content-type"], /^application\/(cbor|x-amz-json-1\.0)$/);
  const queries = { v: 1, s: 60 };
  const { MetricDataResults } = await cloudwatch.getMetricData({
    MetricDataQueries: Object.entries(queries).map(([Id, Period]) => ({
      Id,
      MetricStat: { Metric: { Namespace: "App", MetricName: Id }, Period, Stat: "Sum" },
    })),
    ...SPAN,
  });
  assert.deepEqual(
    MetricDataResults.map(({ Id, Values, Timestamps }) => ({ Id, Values, Timestamps })),
    Object.keys(queries).map((Id) => ({ Id, Values: [5], Timestamps: [NOW] })),
  );
});

test("more metrics than a page holds", async () => {
  const MetricData = Array.from({ length: 501 }, (_, at) => ({ MetricName: `m${at}`, Value: at }));
  await cloudwatch.putMetricData({ Namespace: "App", MetricData });
  const names = new Set();
  for await (const page of paginateListMetrics({ client: cloudwatch }, {})) {
    for (const metric of page.Metrics) names.add(metric.MetricName);
  }
  assert.equal(names.size, 501);
});

test("dashboards, and what is wrong with a body", async () => {
  const DashboardBody = JSON.stringify({ widgets: [{ type: "text", properties: { markdown: "hello" } }] });
  await cloudwatch.putDashboard({ DashboardName: "d", DashboardBody });
  const { DashboardEntries } = await cloudwatch.listDashboards({});
  assert.deepEqual(DashboardEntries.map((entry) => entry.DashboardName), ["d"]);
  assert.ok(DashboardEntries[0].LastModified instanceof Date);
  assert.equal((await cloudwatch.getDashboard({ DashboardName: "d" })).DashboardBody, DashboardBody);
  await assert.rejects(
    cloudwatch.putDashboard({ DashboardName: "d", DashboardBody: '{"widgets": [{"type": "metric"}]}' }),
    (error) => {
      assert.equal(error.$metadata.httpStatusCode, 400);
      assert.match(error.message, /Should have required property 'properties'/);
      assert.equal(error.dashboardValidationMessages?.[0].DataPath, "/widgets/0");
      return true;
    },
  );
  await cloudwatch.deleteDashboards({ DashboardNames: ["d"] });
  await assert.rejects(cloudwatch.getDashboard({ DashboardName: "d" }), { name: /ResourceNotFound/ });
});

test("what is not implemented says so, once", async () => {
  const sent = watched(cloudwatch);
  await assert.rejects(cloudwatch.getDataset({ DatasetIdentifier: "default" }), /GetDataset is not implemented/);
  assert.equal(sent.length, 1);
});
