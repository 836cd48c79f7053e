import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import {
  CloudWatchLogs,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
  paginateFilterLogEvents,
} from "@aws-sdk/client-cloudwatch-logs";
import { ResourceGroupsTaggingAPI } from "@aws-sdk/client-resource-groups-tagging-api";
import { NotFoundException, SNS, paginateListSubscriptionsByTopic } from "@aws-sdk/client-sns";
import { STS } from "@aws-sdk/client-sts";
import { XRay } from "@aws-sdk/client-xray";
import { NOW, fresh } from "./clients.mjs";

beforeEach(fresh);

test("log groups, streams, events, retention and tags", async () => {
  const logs = new CloudWatchLogs({});
  const at = NOW.getTime();
  const stream = { logGroupName: "/app", logStreamName: "s" };
  await logs.createLogGroup({ logGroupName: "/app", tags: { team: "a" } });
  await assert.rejects(logs.createLogGroup({ logGroupName: "/app" }), ResourceAlreadyExistsException);
  await assert.rejects(logs.getLogEvents(stream), ResourceNotFoundException);
  await logs.createLogStream(stream);
  const logEvents = ["first", "second 😀", "third"].map((message, index) => ({ timestamp: at + index, message }));
  assert.ok((await logs.putLogEvents({ ...stream, logEvents })).nextSequenceToken);
  const { events } = await logs.getLogEvents({ ...stream, startFromHead: true, limit: 2 });
  assert.deepEqual(events, logEvents.slice(0, 2).map((event) => ({ ...event, ingestionTime: at })));
  const found = [];
  for await (const page of paginateFilterLogEvents({ client: logs, pageSize: 1 }, { logGroupName: "/app" })) {
    found.push(...page.events.map((event) => event.message));
  }
  assert.deepEqual(found, logEvents.map((event) => event.message));
  await logs.putRetentionPolicy({ logGroupName: "/app", retentionInDays: 7 });
  const { logGroups } = await logs.describeLogGroups({ logGroupNamePrefix: "/app" });
  assert.equal(logGroups[0].retentionInDays, 7);
  const resourceArn = logGroups[0].logGroupArn;
  await logs.tagResource({ resourceArn, tags: { stage: "b" } });
  assert.deepEqual((await logs.listTagsForResource({ resourceArn })).tags, { team: "a", stage: "b" });
  const tagging = new ResourceGroupsTaggingAPI({});
  const tagged = await tagging.getResources({ TagFilters: [{ Key: "stage", Values: ["b"] }] });
  assert.deepEqual(tagged.ResourceTagMappingList.map((each) => each.ResourceARN), [resourceArn]);
});

test("segments become a trace", async () => {
  const xray = new XRay({});
  const start = NOW.getTime() / 1000;
  const TraceId = `1-${start.toString(16)}-a006649127e371903a2de979`;
  const segment = { trace_id: TraceId, id: "70de5b6f19ff9a0a", name: "shop", start_time: start, end_time: start + 0.5 };
  const put = await xray.putTraceSegments({ TraceSegmentDocuments: [JSON.stringify(segment), "{}"] });
  assert.equal(put.UnprocessedTraceSegments.length, 1);
  const { Traces, UnprocessedTraceIds } = await xray.batchGetTraces({ TraceIds: [TraceId] });
  assert.deepEqual([Traces[0].Id, Traces[0].Duration, UnprocessedTraceIds], [TraceId, 0.5, []]);
  assert.equal(JSON.parse(Traces[0].Segments[0].Document).name, "shop");
});

test("topics, subscriptions and publishing", async () => {
  const sns = new SNS({});
  const { TopicArn } = await sns.createTopic({ Name: "alarms" });
  await sns.subscribe({ TopicArn, Protocol: "email", Endpoint: "someone@example.com" });
  const { Topics } = await sns.listTopics({});
  assert.deepEqual(Topics, [{ TopicArn }]);
  const endpoints = [];
  for await (const page of paginateListSubscriptionsByTopic({ client: sns }, { TopicArn })) {
    endpoints.push(...page.Subscriptions.map((each) => each.Endpoint));
  }
  assert.deepEqual(endpoints, ["someone@example.com"]);
  const attribute = { DataType: "String", StringValue: "ü" };
  assert.ok((await sns.publish({ TopicArn, Message: "hi", MessageAttributes: { attribute } })).MessageId);
  await assert.rejects(sns.publish({ TopicArn: `${TopicArn}-not`, Message: "hi" }), NotFoundException);
});

test("who is asking", async () => {
  const { Account, Arn } = await new STS({}).getCallerIdentity({});
  assert.deepEqual([Account, Arn], ["000000000000", "arn:aws:iam::000000000000:root"]);
});
