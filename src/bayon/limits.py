"""Every cap in bayon, with its source. Request-shape limits that a service model states are read from the model
instead.

A limit marked *account quota* is lifted by default and enforced with `--parity strict`.
"""

from __future__ import annotations

# ── Requests ─────────────────────────────────────────────────────────────────────────────────────────────────────────
REQUEST_BODY_BYTES = 16 * 1024 * 1024  # ours: above every AWS request limit, also after decompression
SIGNATURE_SKEW_MS = 15 * 60 * 1000  # SigV4 reference, "Signature Version 4 request elements"
PRESIGNED_LIFE_S = 7 * 24 * 3600  # SigV4 reference, X-Amz-Expires
CONTENT_CODINGS = 3  # ours: encodings of one body, one within the other
REQUESTS_IN_FLIGHT = 256  # ours: more are answered with a throttling error
REQUEST_BYTES_HELD = 512 * 1024 * 1024  # ours: of the bodies in flight together; more get a throttling error
REQUEST_THREADS = 32  # ours
SMALL_BODY_BYTES = 65_536  # ours: a larger body waits for its turn to be decoded
DECODED_AT_ONCE = 1  # ours: decoding holds the interpreter, and each that waits for it delays the writer
REPEATS_KNOWN = 20_000  # ours: items of lists in CBOR that are remembered without their numbers
REPEATS_LEARNT = 64  # ours: of one request; of those with more that are new the list is read in the ordinary way
REPEAT_BYTES = 4096  # ours: a longer item is not remembered
VIOLATIONS_LISTED = 1000  # ours: more are counted, not listed
VALUE_SHOWN_CHARS = 1024  # ours: of a refused value in an error
PATTERN_CHARS = 4096  # ours: a string beyond this and beyond its own maximum is not held to its pattern
QUERY_NAME_PARTS = 64  # ours: deeper than any shape's members in a query string
CONNECTIONS = 2048  # ours: more are answered 503
STREAMS = 32  # ours: answers that go on, such as live tails, at once
KEEP_ALIVE_S = 75  # ours: longer than the SDKs keep an idle connection
STOP_S = 10  # ours: what running requests and jobs have to finish when bayon stops

# ── Running ──────────────────────────────────────────────────────────────────────────────────────────────────────────
CLOCK_ADVANCE_S = 500 * 86400  # ours: one step of an ephemeral bayon's clock, longer than any retention of metrics
PURGES_READ = 1000  # ours: deleted log groups and streams read at a time
PURGE_GROUPS = 5000  # ours: log groups whose expired events are looked for with one query
PURGE_RESTS = 20  # ours: for so many times what it took is a day of log events not written again for expired ones
CONTROL_BODY_BYTES = 64 * 1024  # ours
DISK_FREE_BYTES = 1024 * 1024 * 1024  # ours: less is called nearly full

# ── Store ────────────────────────────────────────────────────────────────────────────────────────────────────────────
APPENDS_QUEUED = 1024  # ours: appends that wait for one group commit; more get a throttling error
APPEND_BYTES_QUEUED = 256 * 1024 * 1024  # ours
READERS = 4  # ours: queries that run side by side
READERS_WAITING = 64  # ours: queries that wait for a reader; more get a throttling error
QUERY_TIME_S = 60  # ours: default limit of one query
QUERY_MEMORY_BYTES = 2 * 1024 * 1024 * 1024  # ours
PENDING_BYTES = 128 * 1024 * 1024  # ours: acknowledged and not yet in the engine; more waits
FLUSH_BYTES = 32 * 1024 * 1024  # ours: so much goes to the engine before FLUSH_AFTER_S
FLUSH_AFTER_S = 0.2  # ours: how long what is acknowledged may stand in the journal only, unless a reader needs it
FLUSH_AGAIN_S = 1.0  # ours: until what the engine refused is tried again
JOURNAL_FILE_BYTES = 16 * 1024 * 1024  # ours: reserved for a file of the journal, which may grow beyond
COMMIT_ROWS = 400_000  # ours: below the engine's insert block of 1,048,449 rows, so that a commit is one part
COMMIT_BYTES = 96 * 1024 * 1024  # ours: below the engine's insert block of 256 MB, for the same reason
SETTLE_LOG_ROWS = 200_000  # ours: recent log events that are worth settling before SETTLE_LOG_AFTER_S
SETTLE_LOG_AFTER_S = 20  # ours
SETTLE_LOG_BACKLOG_ROWS = 4_000_000  # ours: from here on settling no longer gives way to appends
SETTLE_LOG_BACKLOG_COMMITS = 800  # ours: likewise; below the 1,000 parts from which the engine slows inserts down
SETTLE_SEGMENT_ROWS = 100_000  # ours: recent segment documents that are worth settling before SETTLE_SEGMENT_AFTER_S
SETTLE_SEGMENT_AFTER_S = 30  # ours
SETTLE_SEGMENT_BACKLOG_ROWS = 1_000_000  # ours: from here on settling no longer gives way to appends
SETTLE_SEGMENT_BACKLOG_COMMITS = 800  # ours: likewise
SETTLE_METRIC_ROWS = 20_000_000  # ours: recent metric points that are rolled up before SETTLE_METRIC_AFTER_S
SETTLE_METRIC_AFTER_S = 6 * 3600  # ours: longer than one-second data is kept
SETTLE_METRIC_BACKLOG_ROWS = 100_000_000  # ours: from here on rolling up no longer gives way to appends
EXACT_VALUES = 2048  # distinct values a minute keeps exactly, metrics.md §1.3
POINTS_UNGROUPED = 2_000_000  # ours: rows that are read as they are to be put together outside the engine
SERIES_CACHED = 200_000  # ours
SERIES_SEEN_S = 600  # ours: how stale a series' last activity may be

# ── State ────────────────────────────────────────────────────────────────────────────────────────────────────────────
STATE_CONNECTIONS_KEPT = 8  # ours: open between calls
STATE_CONNECTIONS = REQUEST_THREADS + 16  # ours: requests and jobs together
STATE_BUSY_S = 10  # ours: how long a write waits for the one before it
STATE_CONNECT_S = 10  # ours: PostgreSQL only

# ── Rates, account quotas ────────────────────────────────────────────────────────────────────────────────────────────
RATE_BUCKETS = 100_000  # ours: buckets kept before all are forgotten
RATES_PER_S: dict[str, dict[str, float]] = {
    "cloudwatch": {  # metrics.md §1.10
        "put_metric_data": 500,
        "get_metric_data": 500,
        "get_metric_statistics": 400,
        "list_metrics": 25,
    },
    "logs": {  # logs.md §1.5 and §1.6; where those give a range its upper end, what is listed there as "most others" 5
        "create_log_group": 10,
        "delete_log_group": 10,
        "describe_log_groups": 10,
        "list_log_groups": 5,
        "create_log_stream": 50,
        "delete_log_stream": 15,
        "describe_log_streams": 25,
        "put_log_events": 5000,
        "get_log_events": 30,
        "filter_log_events": 25,
        "put_retention_policy": 5,
        "delete_retention_policy": 5,
        "put_log_group_deletion_protection": 5,
        "tag_resource": 5,
        "untag_resource": 5,
        "list_tags_for_resource": 5,
        "tag_log_group": 5,
        "untag_log_group": 5,
        "list_tags_log_group": 5,
        **dict.fromkeys(
            (
                *("create_export_task", "describe_export_tasks", "cancel_export_task"),
                *("put_data_protection_policy", "get_data_protection_policy", "delete_data_protection_policy"),
                *("put_account_policy", "describe_account_policies", "delete_account_policy"),
                *("put_index_policy", "describe_index_policies", "delete_index_policy", "describe_field_indexes"),
                *("put_transformer", "get_transformer", "delete_transformer", "test_transformer"),
                *("put_resource_policy", "describe_resource_policies", "delete_resource_policy"),
                *("put_destination", "put_destination_policy", "describe_destinations", "delete_destination"),
                *("associate_kms_key", "disassociate_kms_key"),
                *("create_lookup_table", "get_lookup_table", "describe_lookup_tables", "update_lookup_table"),
                "delete_lookup_table",
            ),
            5,
        ),
    },
    "xray": {"put_trace_segments": 2600},  # segments, traces.md §2.3
}

# ── Logs ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
LOG_GROUPS = 1_000_000  # account quota, logs.md §1.6
LOG_NAME_CHARS = 512  # of a group or a stream, logs.md §1.4
LOG_BATCH_BYTES = 1_048_576  # logs.md §1.5
LOG_BATCH_EVENTS = 10_000  # logs.md §1.5
LOG_EVENT_BYTES = 1_048_576  # logs.md §1.5
LOG_EVENT_OVERHEAD_BYTES = 26  # counted for each event, logs.md §1.5
LOG_BATCH_SPAN_MS = 24 * 3600 * 1000  # logs.md §1.5
LOG_EVENT_AHEAD_MS = 2 * 3600 * 1000  # logs.md §1.5
LOG_EVENT_AGE_MS = 14 * 24 * 3600 * 1000  # logs.md §1.5
LOG_PAGE_EVENTS = 10_000  # logs.md §1.6
LOG_PAGE_BYTES = 1_048_576  # logs.md §1.6
LOG_PAGE_FIRST_READ = 256  # ours: events read before their size tells how many more fill the page
LOG_TOKEN_LIFE_MS = 24 * 3600 * 1000  # logs.md §1.6
LOG_NEWEST_FIRST_SINCE_MS = 1_704_067_200_000  # FilterLogEvents startFromHead=false, logs.md §2.1
LOG_DESCRIBE_PAGE = 50  # logs.md §2 "Paging"
LOG_GROUPS_SCANNED = 1000  # ours: groups read at a time where a filter is more than the state can answer
LOG_RETENTION_DAYS = (  # logs.md §1.7
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
LOG_DELIVERY_RETENTION_DAYS = 2  # logs.md §1.8 names one or two days; the longer loses less
LOG_TAGS = 50  # logs.md §1.4
METRIC_FILTERS = 100  # of one group, logs.md §1.6
METRIC_FILTER_DIMENSIONS = 3  # logs.md §5.1
SUBSCRIPTION_FILTERS = 2  # of one group, logs.md §1.6
LOG_GROUP_REGEX_FILTERS = 5  # of one group, logs.md §1.6
FOLLOWED_ROWS, FOLLOWED_WINDOWS = 500_000, 8  # ours: arrived events looked at at a time, and such times a run
FOLLOWER_BACKLOG_ROWS = 2_000_000  # ours: from here on deriving metrics no longer gives way to appends
FOLLOWER_GIVES_WAY_RUNS = 5  # ours: runs in a row that give way to appends, less than half a minute
FOLLOWED_FILTERS = 40  # ours: filters evaluated in one query
MINUTE_CLOSES_MS = 5_000  # ours: how long after its end a minute of arrival may still get events
EMF_EVENTS_READ = 20_000  # ours: events with embedded metrics read at a time
EMF_DIRECTIVES = 100  # ours: of one event
EMF_DIMENSIONS = 30  # embedded metric format, logs.md §5.2
EMF_METRICS = 100  # of one directive, logs.md §5.2
EMF_VALUES = 100  # of one metric, logs.md §5.2
FORWARDED_ROWS, FORWARDED_WINDOWS = 50_000, 4  # ours: arrived events matched at a time, and such times a run
FORWARDED_MESSAGE_BYTES = 900_000  # ours: of events in one message, below 1 MB, logs.md §5.3
DELIVERIES_WAITING = 5_000  # ours: payloads of one filter; more go to the dead letters
DELIVERIES_A_RUN, DELIVERIES_AT_ONCE = 64, 8  # ours: payloads tried in one run, and destinations at once
DELIVERY_RUN_S = 4  # ours: of one run that a destination may take
DELIVERY_ANSWER_S = 5  # ours: how long a destination may take to answer
DELIVERY_PAUSE_MS = 5 * 60_000  # ours: longest pause between two attempts
DELIVERY_LIFE_MS = 24 * 3_600_000  # subscription filters, user guide: retried for up to 24 hours
DEAD_LETTER_BYTES = 64 * 1024 * 1024  # ours: of the file, before the next is begun
LIVE_TAIL_SESSIONS = 15  # of one account at once, logs.md §1.6
LIVE_TAIL_EVENTS = 500  # of one update, logs.md §5.5
LIVE_TAIL_EVERY_S = 1  # logs.md §5.5
LIVE_TAIL_S = 3 * 3600  # logs.md §5.5
LIVE_TAIL_ROWS = 2_000_000  # ours: arrived events searched for one update
FILTER_REGEXES = 2  # of one pattern with conditions, logs.md §4.2
FILTER_SELECTOR_WILDCARDS, FILTER_WILDCARDS = 1, 3  # of one selector and one pattern, logs.md §4.4
FILTER_DEPTH = 50  # ours: brackets in one another
FILTER_INDEX = 999_999  # ours: the last element of an array that a selector names
FILTER_NUMBER = 1e300  # ours: an unquoted number beyond it is a text
FILTER_FIRST_ROWS = 20_000  # ours: events in the first step of a search through time
FILTER_STEP_MS_MOST = 400 * 86_400_000  # ours: widest step
FILTER_STEP_S = 0.06  # ours: how long a step of a search should take
FILTER_PAGE_S, FILTER_EMPTY_PAGE_S = 0.1, 1.0  # ours: after which a page with, or without, matching events ends early
FILTER_JSON_NESTING = 1023  # the engine's: an event with deeper JSON is no JSON
FILTER_REGEX_BYTES = 1024 * 1024  # ours: of a compiled expression, below the engine's 8 MB
FILTER_REGEXES_CACHED = 1024  # ours
FILTER_PATTERNS_CACHED = 1024  # ours
TRANSFORMER_PROCESSORS = 20  # logs.md §5.9
TRANSFORMER_PARSERS = 5  # logs.md §5.9
TRANSFORMER_DEPTH = 3  # levels of a key path, logs.md §5.9
TRANSFORMED_FIELDS = 200  # logs.md §5.9
TRANSFORMED_BYTES = 512 * 1024  # logs.md §5.9
GROK_PATTERNS = 20  # logs.md §5.9
PATTERNS_CACHED = 1000  # ours: compiled patterns kept, of each kind
PATTERN_MEMORY_BYTES = 8 * 1024 * 1024  # ours: RE2's own default for one compiled pattern
DATA_PROTECTION_SPANS = 100  # ours: past policies of a group or an account that are still remembered
DATA_IDENTIFIER_NEAR_CHARS = 30  # CloudWatch Logs user guide: keywords stand within 30 characters
CUSTOM_DATA_IDENTIFIERS = 10  # CloudWatch Logs user guide, custom data identifiers
CUSTOM_DATA_IDENTIFIER_CHARS = 200  # CloudWatch Logs user guide, custom data identifiers
ACCOUNT_POLICY_CHARS = 30_720  # logs.md §1.4
ACCOUNT_POLICY_NAME_CHARS = 256  # ours: AWS does not say
ACCOUNT_RETENTION_DAYS_MIN = 30  # PutAccountPolicy API reference
SELECTION_CRITERIA_BYTES = 25_000  # PutAccountPolicy API reference: 25 KB
INDEX_FIELDS = 20  # logs.md §1.4
INDEX_FIELD_CHARS = 100  # logs.md §1.4
INDEX_DAYS = 30  # logs.md §5.10
LOG_RESOURCE_POLICIES = 10  # logs.md §1.4
DESTINATION_POLICY_BYTES = 5120  # logs.md §1.4
LOOKUP_TABLES = 100  # logs.md §1.4
LOOKUP_TABLE_BYTES = 10_485_760  # logs.md §1.4
IMPORT_ATTEMPTS = 8  # ours: to send one batch of an imported file
IMPORT_PAUSE_S = 10  # ours: the longest wait between two of them
IMPORT_REQUEST_S = 60  # ours
HTTP_BODY_BYTES = 1_048_576  # logs.md §5.7
HTTP_EVENT_BYTES = 262_144  # logs.md §5.7
HTTP_EPOCH_S = 10**11  # ours: a later second is no time
HTTP_LOG_THREADS = 4  # ours
HTTP_LOG_IN_FLIGHT = 64  # ours: more are answered 429
EXPORT_OBJECT_BYTES = 64 * 1024 * 1024  # ours: of text, before compression; AWS does not say when it starts a new one
EXPORT_OBJECTS = 1_000_000  # six digits name an object, logs.md §5.6
OBJECT_KEY_BYTES = 1024  # S3 user guide, object keys
BUCKET_CONNECT_S = 5  # ours
BUCKET_REQUEST_S = 60  # ours
BUCKET_RETRIES = 4  # ours
BUCKET_RETRY_S = 60  # ours

# ── Logs Insights ────────────────────────────────────────────────────────────────────────────────────────────────────
INSIGHTS_TEXT_CHARS = 10_000  # StartQuery API reference, queryString
INSIGHTS_NESTING = 60  # ours: brackets within brackets, within the engine's depth of an expression
INSIGHTS_OPERATORS = 200  # ours: in a row, such as `a or b or c`
INSIGHTS_ITEMS = 100  # ours: expressions in one command, arguments of one function
INSIGHTS_LIST = 1000  # ours: values after `in`
INSIGHTS_COMMANDS = 100  # ours: in one query
INSIGHTS_STATS = 10  # logs.md §3.4, stats commands in one query
INSIGHTS_STATS_INFREQUENT = 2  # logs.md §3.4, the same where one of the groups is not of the STANDARD class
INSIGHTS_BRANCHES = 10  # logs.md §3.7, of `case`
INSIGHTS_ROWS = 10_000  # logs.md §3.5, the limit of a query that names none
INSIGHTS_ROWS_MAX = 100_000  # logs.md §1.6
INSIGHTS_PAGE = 10_000  # logs.md §1.6
INSIGHTS_TOKEN_LIFE_MS = 3_600_000  # logs.md §1.6
INSIGHTS_GROUPS = 50  # logs.md §1.6, by parameter
INSIGHTS_SOURCE_GROUPS = 10_000  # logs.md §1.6, by SOURCE
INSIGHTS_SOURCE_PREFIXES = 5  # logs.md §3.6
INSIGHTS_SOURCE_ACCOUNTS = 20  # logs.md §3.6
INSIGHTS_SOURCE_TAGS = 5  # logs.md §3.6: filters, and values of each
INSIGHTS_JOINED_ROWS = 50_000  # logs.md §3.6
INSIGHTS_APPENDED_ROWS = 10_000  # logs.md §3.6
INSIGHTS_DISTINCT_VALUES = 10_000  # ours: in a list that `values` makes
INSIGHTS_TOPK = 10_000  # logs.md §3.7
INSIGHTS_STREAMS = 200_000  # ours: names of streams that one query may look up
INSIGHTS_TIME_S = 3600  # logs.md §1.6
INSIGHTS_MEMORY_BYTES = 2 * 1024 * 1024 * 1024  # ours
INSIGHTS_AT_ONCE = 2  # ours: queries that the engine runs side by side; the others are Scheduled
INSIGHTS_CONCURRENCY = 100  # logs.md §1.6: scheduled or running
INSIGHTS_RESULT_LIFE_MS = 7 * 86_400_000  # logs.md §1.6
INSIGHTS_RESULT_BYTES = 64 * 1024 * 1024  # ours: of one query, before they are compressed
INSIGHTS_KEPT_QUERIES = 10_000  # ours: finished queries kept, the oldest go first
INSIGHTS_KEPT_BYTES = 1024 * 1024 * 1024  # ours: of their results, compressed
INSIGHTS_PARTIAL_EVENTS = 20_000_000  # ours: from so many on the newest tenth is shown first
INSIGHTS_PATTERNS = 20_000  # ours: texts, their variable parts masked, that patterns are mined from
INSIGHTS_PATTERN_TOKENS = 10  # logs.md §3.6, values shown of a token
INSIGHTS_FIELD_WINDOW_MS = 8 * 60_000  # GetLogGroupFields API reference: each side of `time`
INSIGHTS_FIELD_RECENT_MS = 15 * 60_000  # GetLogGroupFields API reference: without `time`
INSIGHTS_FIELD_EVENTS = 10_000  # ours: the newest of the window, which the percentages are of
LOG_ANOMALY_DETECTORS = 500  # account quota, logs.md §1.6
LOG_ANOMALY_VISIBLE_DAYS = 21  # user guide, log anomaly detection: when the request names none
LOG_DETECTION_TIME_S = 60  # ours: of one look of an anomaly detector
LOG_DETECTION_WINDOWS = 5  # ours: earlier windows with events that a detector needs to compare with
QUERY_DEFINITIONS = 1000  # account quota, user guide "CloudWatch Logs quotas", saved queries
QUERY_DEFINITIONS_PAGE = 1000  # DescribeQueryDefinitions API reference
QUERIES_PAGE = 1000  # DescribeQueries API reference
LOG_FIELDS_DISCOVERED = 200  # logs.md §3.1, of one event

# ── Tagging ──────────────────────────────────────────────────────────────────────────────────────────────────────────
TAGGED_PAGE = 50  # GetResources, when the request names no page size
TAGGED_PAGE_MAX = 100  # botocore, GetResourcesInput.ResourcesPerPage
TAGS_PAGE_MIN, TAGS_PAGE_MAX = 100, 500  # botocore, GetResourcesInput.TagsPerPage
TAGGED_TOKEN_LIFE_MS = 15 * 60 * 1000  # botocore, PaginationTokenExpiredException
TAGGED_TYPE_FILTERS = 100  # botocore, GetResourcesInput.ResourceTypeFilters
TAG_KEYS_PAGE = 100  # ours: keys or values a page
TAGS_PER_RESOURCE = 50  # botocore, TagResources

# ── CloudWatch ───────────────────────────────────────────────────────────────────────────────────────────────────────
METRIC_DATUMS = 1000  # PutMetricData API reference
ENTITY_METRIC_DATA = 2  # PutMetricData API reference
DATUM_VALUES = 150  # MetricDatum API reference
DATUM_VALUE = 2.0**360  # MetricDatum API reference: values lie between -2^360 and 2^360
DATUM_AGE_MS = 14 * 86_400_000  # PutMetricData API reference: two weeks
DATUM_AHEAD_MS = 2 * 3_600_000  # PutMetricData API reference: two hours
METRIC_NAME_CHARS = 255  # model
DIMENSIONS = 30  # model
DIMENSION_NAME_CHARS = 255  # model
DIMENSION_VALUE_CHARS = 1024  # model
METRICS_CACHED = 32_768  # ours: names already checked, about 20 MB when full
METRICS_ACTIVE_S = 14 * 86_400  # ListMetrics API reference: two weeks
METRICS_PAGE = 500  # ListMetrics API reference
METRIC_DATA_QUERIES = 500  # GetMetricData API reference
METRIC_DATA_POINTS = 100_800  # GetMetricData API reference, per page
STATISTICS_POINTS = 1440  # GetMetricStatistics API reference
LABEL_FIELDS = 6  # CloudWatch user guide, dynamic labels
EXPRESSION_CHARS = 2048  # GetMetricData API reference, MetricDataQuery.Expression
SEARCH_CHARS = 1024  # CloudWatch user guide, search expression quotas
SEARCHES = 100  # CloudWatch user guide, search expression quotas, of one call
SEARCH_SERIES = 500  # CloudWatch user guide, search expression quotas, of one search
INSIGHTS_QUERIES = 1  # CloudWatch service quotas, Metrics Insights: of one call
INSIGHTS_SERIES = 500  # CloudWatch service quotas, Metrics Insights
INSIGHTS_METRICS = 10_000  # CloudWatch service quotas, Metrics Insights: of one query
INSIGHTS_RANGE_S = 14 * 86_400  # CloudWatch service quotas, Metrics Insights: how far back
EXPRESSION_NESTING = 64  # ours: parentheses, calls and arrays within each other
EXPRESSION_SERIES = 5000  # ours: members of an array, above 500 queries and above what searches may find
WIDGET_BYTES = 100 * 1024  # GetMetricWidgetImage API reference
WIDGET_METRICS = 100  # GetMetricWidgetImage API reference
WIDGET_PIXELS = 2000  # GetMetricWidgetImage: Metric Widget Structure and Syntax
DASHBOARD_NAME_CHARS = 255  # PutDashboard API reference
DASHBOARDS_PAGE = 1000  # ListDashboards API reference
DASHBOARDS_DELETED = 100  # CloudWatch service quotas
RESOURCE_TAGS = 50  # TagResource API reference
METRIC_POINTS_AT_ONCE = 1_000_000  # ours: computed for one page and the next ones, 16 MB
METRIC_PAGES_KEPT = 2  # ours: answers whose next page is ready
METRIC_TOKEN_LIFE_MS = 24 * 3_600_000  # ours: AWS does not say how long a page token of CloudWatch lives

# ── Alarms ───────────────────────────────────────────────────────────────────────────────────────────────────────────
ALARM_GRACE_S = 10  # ours: how long an evaluation waits for late data points; AWS seems to wait some seconds
ALARM_REASON_CHARS = 1023  # model
ALARM_REASON_DATA_CHARS = 4000  # model
ALARM_SPAN_S = 7 * 86_400  # PutMetricAlarm API reference, EvaluationPeriods times Period
ALARM_SHORT_SPAN_S = 86_400  # likewise, for periods below an hour
ALARM_METRIC_STATS = 10  # user guide, alarms on metric math
ALARM_EXPRESSIONS = 10  # user guide, alarms on metric math
ALARM_PAYLOAD_BYTES = 120 * 1024  # CloudWatch service quotas, the payload of an alarm request
ALARMS_PAGE = 100  # model
ALARM_HISTORY_KEPT_MS = 30 * 86_400_000  # DescribeAlarmHistory API reference
ALARM_HISTORY_DATA_CHARS = 4095  # model
ALARM_HISTORY_SUMMARY_CHARS = 255  # model
ALARM_CATCH_UP_S = 3600  # ours: evaluations missed in a longer pause are left out
ALARM_CONTRIBUTORS = 500  # CloudWatch service quotas, series of one Metrics Insights query
ALARM_CONTRIBUTORS_SHOWN = 100  # DescribeAlarmContributors API reference
ALARM_READ_CELLS = 1_000_000  # ours: windows times alarms of one read while alarms are evaluated
ALARM_CASE_POINTS = 100_000  # ours: points of one case that `bayon check-cases` runs
ALARMS_COMPOSITE_DELETED = 1  # DeleteAlarms API reference
COMPOSITE_CHILDREN = 100  # PutCompositeAlarm API reference
COMPOSITE_ELEMENTS = 500  # PutCompositeAlarm API reference
COMPOSITE_PARENTS = 150  # PutCompositeAlarm API reference
COMPOSITE_NESTING = 100  # ours: brackets within brackets of a rule
COMPOSITE_CHAIN = 1000  # ours: composite alarms below one that are searched for a cycle
ALARM_PLANS = 64  # ours: sets of alarms whose reading is prepared at a time
ALARM_STEPS = 100_000  # ours: alarms that may change one after the other in one transaction
ALARMS_MOVED = 500  # ours: alarms that change their state in one transaction
ALARMS_SCANNED = 1000  # ours: alarms read at a time where a filter is more than the state can answer
COMPOSITE_WAIT_S = 86_400 * 2  # ours: the longest wait or extension of a suppressor; AWS publishes none
MUTE_RULES = 2000  # CloudWatch service quotas
MUTE_RULES_PAGE = 50  # ListAlarmMuteRules API reference
MUTE_DURATION_MIN_S, MUTE_DURATION_MAX_S = 60, 15 * 86_400  # PutAlarmMuteRule API reference
ANOMALY_TRAINING_MS = 14 * 86_400_000  # user guide, anomaly detection: up to two weeks
ANOMALY_MODELS_CACHED = 1000  # ours: about 10 kB each
ANOMALY_EXCLUDED_RANGES = 10  # PutAnomalyDetector API reference
ANOMALY_DETECTORS_PAGE = 100  # DescribeAnomalyDetectors API reference
ANOMALY_MATH_QUERIES = 10  # user guide, anomaly detection on metric math
ALARM_EVENT_ATTEMPTS = 20  # ours: with these waits about a day
ALARM_EVENT_WAIT_S = 3600  # ours: the longest wait between two attempts; the first is of a second, each twice the last
ALARM_EVENT_POSTS = 64  # ours: addresses that get an event in one run of the job
ALARM_EVENTS_SENT = 1000  # ours: events handed on at a time

INSIGHT_RULES_PAGE = 500  # DescribeInsightRules API reference; also rules named in one call, ours
INSIGHT_RULE_GROUPS = 20  # Contributor Insights rule syntax, log groups of a rule
INSIGHT_RULE_GROUPS_READ = 1000  # ours: groups that one beginning of a name stands for
INSIGHT_RULE_KEYS = 4  # Contributor Insights rule syntax
INSIGHT_RULE_FILTERS = 4  # Contributor Insights rule syntax
INSIGHT_RULE_FILTER_VALUES = 10  # Contributor Insights rule syntax
INSIGHT_RULE_PLACES = 100  # ours: fields of a line
INSIGHT_RULE_CONTRIBUTORS = 100  # GetInsightRuleReport API reference
INSIGHT_RULE_PERIODS = 1440  # GetInsightRuleReport: 24 hours a report, by the minute (inferred)
METRIC_STREAMS_PAGE = 500  # ListMetricStreams API reference; also streams named in one call, ours
METRIC_STREAM_CHANGES = 5000  # ours: minutes of metrics that are read at a time
METRIC_STREAM_RECORD_POINTS = 100  # ours: a record stays far below Firehose's 1,024,000 bytes
METRIC_STREAM_PUSH_BYTES = 256 * 1024  # ours: records of one request
METRIC_STREAM_PUSHES_WAITING = 1000  # ours: requests of one endpoint before the streams to it wait

# ── X-Ray ────────────────────────────────────────────────────────────────────────────────────────────────────────────
SEGMENT_BYTES = 64 * 1024  # segment documents, developer guide
SEGMENT_NAME_CHARS = 200  # segment documents, developer guide
SEGMENT_LINKS = 20  # traces.md §1.2
SEGMENT_NESTING = 200  # ours: levels of JSON in one document, so that reading and writing never recurse too deep
SUBSEGMENT_DEPTH = 100  # ours: subsegments nested in one compiled document; deeper ones stand beside it
TRACE_BYTES = 500_000  # endpoints and quotas: 100 kB to 500 kB, dynamic
TRACES_COUNTED = 200_000  # ours: traces whose size is kept in mind while they grow
TRACE_UPDATE_DAYS = 7  # endpoints and quotas: documents may arrive until seven days after the trace began
TRACE_RETENTION_DAYS = 30  # endpoints and quotas
TRACES_ASKED = 5  # API reference, BatchGetTraces
FILTER_EXPRESSION_CHARS = 5000  # ours: AWS's older reference says 2,000, its model nothing
FILTER_SQL_CHARS = 150_000  # ours: of a compiled filter, below the 262,144 that the engine reads of a query
FILTER_NESTING = 64  # traces.md §3.1
FILTER_GROUPS_NESTED = 8  # ours: groups that stand for groups
ANNOTATIONS_INDEXED = 50  # segment documents, developer guide: per trace
ROOT_CAUSES = 20  # ours: of one kind in one trace
SLOW_TRACE_S = 1.0  # traces.md §2.4.1: response time from which its cause is told
SUMMED_UP_DOCUMENTS = 2500  # ours: documents whose traces are summed up at a time, 160 MB if all are as large as may be
BATCHES_CACHED = 256  # ours: columns of one text, by the text and how often it stands there
NODES_CACHED = 10_000  # ours: nodes of service graphs whose parts are kept in mind
SUMMED_UP_S = 5.0  # ours: how long a read sums up what has just arrived before it answers an empty page
TRACE_GROUPS = 25  # traces.md §2.8
GROUP_VERSIONS = 100  # ours: changes of a group's expression that are remembered
XRAY_PAGE = 100  # traces.md §2.2: groups, tags, policies
XRAY_TAGS = 50  # TagResource API reference
XRAY_POLICIES = 5  # PutResourcePolicy API reference
XRAY_POLICY_BYTES = 5 * 1024  # PutResourcePolicy API reference
SAMPLING_RULES = 25  # traces.md §2.9, besides the default one
SAMPLING_PRIORITY = 9999  # CreateSamplingRule API reference
SAMPLING_DOCUMENTS = 25  # GetSamplingTargets API reference
SAMPLING_INTERVAL_S = 10  # traces.md §2.9
SAMPLING_CLIENT_ACTIVE_MS = 20_000  # traces.md §2.9: a client that has reported so lately shares the reservoir
SAMPLING_QUOTA_LIFE_MS = 30_000  # traces.md §2.9: three intervals, so that the shares stay right when clients leave
SAMPLING_REPORTS_KEPT_MS = 3_600_000  # traces.md §2.9
TRACES_RETRIEVED = 100  # StartTraceRetrieval API reference
SPANS_LISTED = 100  # ListRetrievedTraces API reference, of one trace in one page
RETRIEVAL_KEPT_MS = 3_600_000  # ours
INSIGHT_WINDOW_S = 300  # ours: over which faults are compared with the hour before
INSIGHT_FAULTS_MIN = 5  # ours: fewer are noise
INSIGHT_SHARE_MIN = 0.05  # ours: of a service's requests
INSIGHT_QUIET_MS = 600_000  # ours: an insight closes after so long without an anomaly
INSIGHT_SERVICES = 10  # ours: anomalous services named
INSIGHT_EVENTS = 200  # ours: changes of one insight that are remembered
INSIGHTS_PAGE = 100  # GetInsightSummaries API reference
INSIGHT_EVENTS_PAGE = 50  # GetInsightEvents API reference
INSIGHT_GRAPH_HOURS = 6  # GetInsightImpactGraph API reference
LINKS_DRAWN = 100  # ours: links to other traces that one service graph follows
SERVICES_PAGE = 1000  # traces.md §2.2
TIME_SERIES_PERIOD_S = 60  # traces.md §2.7
TIME_SERIES_PERIODS = 100_000  # ours
TIME_SERIES_PAGE = 1000  # ours
TRACE_SUMMARIES_PAGE = 1000  # traces.md §2.2
TRACE_TOKEN_LIFE_MS = 24 * 3_600_000  # ours: AWS does not say how long a page token of X-Ray lives

# ── Intake ───────────────────────────────────────────────────────────────────────────────────────────────────────────
DATAGRAM_BYTES = 65_536  # UDP: no datagram is longer
DATAGRAMS_AT_ONCE = 256  # ours: fetched with one call
DATAGRAM_BUFFER_BYTES = 32 * 1024 * 1024  # ours: asked of the system, about a second of 10,000 segments each second
DATAGRAM_BYTES_WAITING = 128 * 1024 * 1024  # ours: received and not yet stored; more are dropped and counted
DATAGRAMS_STORED = 4096  # ours: with one append
OTLP_TRACES_BYTES = 5 * 1024 * 1024  # of a body, without its compression, traces.md §4.1
OTLP_METRICS_BYTES = 5 * 1024 * 1024  # ours: as for traces
OTLP_LOGS_BYTES = LOG_BATCH_BYTES  # logs.md §5.7
OTLP_SPANS = 10_000  # of one export, traces.md §4.1
OTLP_POINTS = 50_000  # ours
OTLP_BUCKETS = 4096  # ours: of one side of an exponential histogram; SDKs make 160
OTLP_REASONS = 5  # ours: named in one answer
OTLP_THREADS = 4  # ours
OTLP_IN_FLIGHT = 64  # ours: exports that wait or are being kept; more are told to come again
OTLP_TOTALS_CACHED = 200_000  # ours: sums since a start that are kept in mind
OTLP_FIRST_TOTAL_NS = 15 * 60 * 10**9  # ours: a sum that bayon sees first counts whole if it began so lately
OTLP_TOTALS_KEPT_DAYS = 15  # ours: a sum that has not grown for longer begins anew
SPAN_AGE_MS, SPAN_AHEAD_MS = 14 * 86_400_000, 2 * 3_600_000  # traces.md §4.1
SPAN_TEXT_CHARS = (8_000, 1_000, 250)  # ours: of a text in a span that is larger than a segment may be, tried in turn
STACK_CHARS = 65_536  # ours: of a stack trace that are read
STACK_FRAMES = 50  # ours
OPERATIONS_COUNTED = 500  # ours: of one service that have metrics of their own; AWS's own bound is lower
SERVICES_COUNTED = 10_000  # ours: services, and what they call, whose operations are kept in mind
SEGMENTS_COUNTED = 5000  # ours: documents whose metrics are appended together
TRACE_WINDOWS_COUNTED = 4  # ours: such appends in one run of the job
TRACED_EVENTS = 1000  # ours: log events found for one trace
TRACED_GROUPS = 1000  # ours: log groups in which they are sought at once
LOGGED_AROUND_TRACE_MS = 5 * 60_000  # ours: before a trace began and after it ended
LOGGED_AFTER_UNKNOWN_MS = 24 * 3_600_000  # ours: after the time in the id of a trace that is not held
DAEMON_THREADS = 4  # ours: for the calls that SDKs make of the daemon's port

# ── SNS ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
SNS_PAGE = 100  # ListTopics and ListSubscriptions API reference
SNS_TOKEN_LIFE_MS = 24 * 3_600_000  # ours: AWS does not say how long a page token of SNS lives
TOPIC_NAME_CHARS = 256  # CreateTopic API reference
TOPIC_TAGS = 50  # TagResource API reference
DISPLAY_NAME_CHARS = 100  # SNS developer guide, creating a topic
ARN_CHARS = 2048  # ours: roles and keys that topics name
MAXIMUM_MESSAGE_SIZE_MIN, MAXIMUM_MESSAGE_SIZE_MAX = 1024, 1024 * 1024  # CreateTopic API reference
MESSAGE_BYTES = 256 * 1024  # Publish API reference
SUBJECT_CHARS = 100  # Publish API reference
MESSAGE_ATTRIBUTE_NAME_BYTES = 256  # message attributes, developer guide
BATCH_ENTRIES = 10  # PublishBatch API reference
BATCH_ENTRY_ID_CHARS = 80  # PublishBatch API reference
DEDUPLICATION_MS = 5 * 60_000  # message deduplication for FIFO topics, developer guide
FILTER_POLICY_BYTES = 256 * 1024  # filter policy constraints, developer guide
FILTER_POLICY_KEYS = 5  # filter policy constraints, developer guide
FILTER_POLICY_COMBINATIONS = 150  # filter policy constraints, developer guide
FILTER_POLICY_DEPTH = 50  # ours: a deeper policy has more combinations than are allowed anyway
FILTER_POLICIES_CACHED = 1024  # ours
SUBSCRIPTION_TOKEN_LIFE_MS = 2 * 86_400_000  # ConfirmSubscription API reference
SUBSCRIPTION_PENDING_MS = 3 * 86_400_000  # Subscribe API reference: unconfirmed ones are removed after three days

# ── Delivery ─────────────────────────────────────────────────────────────────────────────────────────────────────────
ENDPOINT_ANSWER_S = 15  # HTTP/S delivery, developer guide: no answer within 15 seconds is a failure
ENDPOINT_CONNECT_S = 5  # ours
ENDPOINT_ANSWER_BYTES = 1024 * 1024  # HTTP endpoint delivery of Firehose: an answer of at most 1 MiB
ENDPOINT_ADDRESSES = 8  # ours: addresses of one name that are tried
ENDPOINTS_CONNECTED = 256  # ours: hosts whose connections are kept open
DELIVERIES_AN_ENDPOINT = 16  # ours: at once to one endpoint that answers; one that fails gets one at a time
INBOX_LETTERS = 1000  # ours: the newest that the inbox keeps
INBOX_LETTER_BYTES = 256 * 1024  # ours: of a letter's text
SIGNATURES_CACHED = 64  # ours: with the texts that were signed, 16 MB at most
HTTP_RETRY_MS = 3_600_000  # message delivery retries, developer guide: 3,600 seconds in all
MAIL_S = 20  # ours: what one e-mail may take
SMS_CHARS = 1600  # SMS, developer guide
COURIERS = 64  # ours: deliveries under way at once; half of them for endpoints that are new or have just failed
LANES_KEPT = 4096  # ours: endpoints known before those without deliveries are forgotten
DELIVERIES_HELD = 4096  # ours: that wait in memory; more wait in the configuration only
LANE_DELIVERIES_HELD = 256  # ours: the same of one endpoint
LANE_DELIVERIES_LOADED = 64  # ours: read at a time, so that the largest messages take 16 MB
MESSAGES_PLANNED = 200  # ours: whose recipients are chosen in one transaction
DELIVERIES_PLANNED = 1000  # ours: made in one transaction
DELIVERY_POLICIES_CACHED = 1024  # ours
DELIVERY_POLL_MS = 5000  # ours: how soon a message is seen that nobody told of
DELIVERY_PAUSE_S = 1  # ours: before the next attempt to reach a configuration that failed
SETTLE_DELIVERIES_S = 20  # ours: longer than an endpoint may take to answer
PUSH_ANSWER_S = 60  # ours: Firehose waits three minutes for its endpoint; a courier is not held so long
