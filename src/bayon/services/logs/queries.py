"""Queries of Logs Insights: start, look at, stop, list. How they run is in `running.py`.

This is the border where errors of the language become AWS's, with the characters that they are about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from bayon import limits
from bayon.errors import AwsError, LanguageError
from bayon.languages.insights.parser import parse
from bayon.languages.insights.plan import compiled
from bayon.services import page_token
from bayon.services.logs.identifiers import invalid
from bayon.services.logs.paging import issued, redeemed
from bayon.services.logs.positions import invalid_token
from bayon.services.logs.query_world import Asked, requested, world
from bayon.services.logs.running import LIVE, Query, queries
from bayon.services.operation import Context, operation
from bayon.state import log_groups, log_queries
from bayon.state.log_queries import EndedQuery

if TYPE_CHECKING:
    from bayon.shapes import logs as shapes

LANGUAGE = "CWLI"


@operation(lacks="PPL and SQL")
def start_query(ctx: Context, request: shapes.StartQueryRequest) -> shapes.StartQueryResponse:
    """The query runs, or waits for its turn.

    Raises: MalformedQueryException with the characters that are wrong, InvalidParameterException,
    ResourceNotFoundException, LimitExceededException.   Reads: log_groups, log_streams, log events.
    Writes: log_queries.   Source: logs.md §2.1, §3.2.
    """
    check_language(request.get("queryLanguage", LANGUAGE))
    start_s, end_s = request["startTime"], request["endTime"]
    if start_s > end_s:
        raise invalid("The query's start time must not be after its end time.")
    asked = Asked(
        account=ctx.account,
        region=ctx.region,
        text=request["queryString"],
        start_ms=min(_milliseconds(start_s), _LATEST_MS),
        end_ms=min(_milliseconds(end_s) + 999, _LATEST_MS),
        now_ms=ctx.now_ms,
        limit=request.get("limit"),
        groups=requested(ctx, request),
    )
    names = check(ctx, asked)
    sources = " ".join(f'SOURCE "{group.name}"' for group in asked.groups)
    text = f"{sources} START={start_s}000 END={end_s}999 | {asked.text}" if sources else asked.text
    return {"queryId": queries(ctx.store, ctx.state).start(asked, text, names).id}


_LATEST_MS = 2**62


def _milliseconds(seconds: int) -> int:
    return seconds * 1000


def check_language(language: str) -> None:
    """Raises: MalformedQueryException for a language that bayon does not speak."""
    if language != LANGUAGE:
        _malformed(LanguageError(f"expected the query language {LANGUAGE}: {language} is not implemented", (0, 0)))


def check(ctx: Context, asked: Asked) -> list[str]:
    """The names of the groups that the query reads. Raises: MalformedQueryException, InvalidParameterException."""
    if not asked.groups and not _names_source(asked.text):
        raise invalid(
            "One of logGroupName, logGroupNames and logGroupIdentifiers, or SOURCE in the query, is required."
        )
    try:
        plan = compiled(parse(asked.text), world(ctx.state, ctx.store, asked, recent=True, look=False))
    except LanguageError as err:
        if "either in the request or in SOURCE" in err.message:
            raise invalid(err.message) from err
        _malformed(err)
    read = {group for events in plan.statement.events for group, _ in events.groups}
    return [group.name for group in log_groups.by_ids(ctx.state, sorted(read)).values()]


def _names_source(text: str) -> bool:
    try:
        return bool(getattr(parse(text).commands[0], "selects_groups", False))
    except LanguageError as err:
        _malformed(err)


def _malformed(err: LanguageError) -> NoReturn:
    start, end = err.span
    location = {"startCharOffset": start, "endCharOffset": end}
    raise AwsError(
        "MalformedQueryException", err.message, queryCompileError={"location": location, "message": err.message}
    ) from err


@operation
def get_query_results(ctx: Context, request: shapes.GetQueryResultsRequest) -> shapes.GetQueryResultsResponse:
    """The rows found so far, or a page of them all, and how far the query is.

    Raises: InvalidParameterException, ResourceNotFoundException.   Reads: log_queries.   Source: logs.md §2.1, §3.2.
    """
    query = _existing(ctx, request["queryId"])
    scope = ["get_query_results", request["queryId"]]
    first = _redeemed(ctx, request["nextToken"], scope) if "nextToken" in request else 0
    count = request.get("maxItems") or limits.INSIGHTS_PAGE
    rows = query.rows[first : first + count]
    answer: shapes.GetQueryResultsResponse = {
        "queryLanguage": LANGUAGE,
        "results": [[{"field": name, "value": value} for name, value in row] for row in rows],
        "statistics": {**query.statistics},  # type: ignore[typeddict-item]
        "status": query.status,
    }
    if query.status not in LIVE and first + count < len(query.rows):
        answer["nextToken"] = issued(ctx, scope, [first + count])
    return answer


def _redeemed(ctx: Context, token: str, scope: list[str]) -> int:
    try:
        place = page_token.redeem(token, [ctx.account, ctx.region, *scope], ctx.now_ms, limits.INSIGHTS_TOKEN_LIFE_MS)[
            0
        ]
    except page_token.BadTokenError as err:
        raise invalid_token() from err
    return int(place)


def _existing(ctx: Context, query_id: str) -> Query | EndedQuery:
    """Raises: ResourceNotFoundException."""
    live = queries(ctx.store, ctx.state).find(query_id)
    if live is not None and (live.asked.account, live.asked.region) == (ctx.account, ctx.region):
        return live
    ended = log_queries.find(ctx.state, query_id)
    old = ended is not None and ctx.now_ms - ended.created_ms > limits.INSIGHTS_RESULT_LIFE_MS
    if ended is None or old or (ended.account, ended.region) != (ctx.account, ctx.region):
        raise no_query(query_id)
    return ended


def no_query(query_id: str) -> AwsError:
    """The text is ours."""
    return AwsError("ResourceNotFoundException", f"The specified query {query_id} does not exist.")


@operation
def stop_query(ctx: Context, request: shapes.StopQueryRequest) -> shapes.StopQueryResponse:
    """The query ends soon; what it found so far can still be read.

    Raises: InvalidParameterException when it has ended already, ResourceNotFoundException.   Source: logs.md §2.1.
    """
    query = _existing(ctx, request["queryId"])
    if not isinstance(query, Query) or query.cancelled or query.status not in LIVE:
        raise invalid(f"Query {request['queryId']} is not running: its status is {query.status}.")
    queries(ctx.store, ctx.state).cancel(query)
    return {"success": True}


@operation
def describe_queries(ctx: Context, request: shapes.DescribeQueriesRequest) -> shapes.DescribeQueriesResponse:
    """One page of the queries of the last seven days, newest first.

    Raises: InvalidParameterException.   Reads: log_queries.   Source: logs.md §2.1.
    """
    status, name = request.get("status"), request.get("logGroupName")
    scope = ["describe_queries", status, name, request.get("queryLanguage")]
    before = tuple(redeemed(ctx, request["nextToken"], scope)) if "nextToken" in request else None
    limit = request.get("maxResults", limits.QUERIES_PAGE)
    if request.get("queryLanguage", LANGUAGE) != LANGUAGE:
        return {"queries": []}
    live = [] if before else [each for each in queries(ctx.store, ctx.state).all() if _is_of(ctx, each)]
    ended = log_queries.page(
        ctx.state,
        ctx.account,
        ctx.region,
        status=status,
        before=None if before is None else (int(before[0]), str(before[1])),
        limit=limits.INSIGHTS_KEPT_QUERIES if name else limit + 1,
    )
    since_ms = ctx.now_ms - limits.INSIGHTS_RESULT_LIFE_MS
    found: list[Query | EndedQuery] = [*live, *(each for each in ended if each.created_ms >= since_ms)]
    wanted = [each for each in found if status in (None, each.status) and (name is None or name in each.groups)]
    shown = wanted[:limit]
    answer: shapes.DescribeQueriesResponse = {"queries": [_described(each) for each in shown]}
    if len(wanted) > limit and isinstance(shown[-1], EndedQuery):
        answer["nextToken"] = issued(ctx, scope, [shown[-1].created_ms, shown[-1].id])
    return answer


def _is_of(ctx: Context, query: Query) -> bool:
    return (query.asked.account, query.asked.region) == (ctx.account, ctx.region)


def _described(query: Query | EndedQuery) -> shapes.QueryInfo:
    created_ms = query.asked.now_ms if isinstance(query, Query) else query.created_ms
    found: shapes.QueryInfo = {
        "queryLanguage": LANGUAGE,
        "queryId": query.id,
        "queryString": query.text,
        "status": query.status,
        "createTime": created_ms,
    }
    if query.groups:
        found["logGroupName"] = query.groups[0]
    if isinstance(query, EndedQuery):
        found["queryDuration"] = query.took_ms
        found["bytesScanned"] = query.statistics.get("bytesScanned", 0.0)
    return found


@operation
def list_log_groups_for_query(
    ctx: Context, request: shapes.ListLogGroupsForQueryRequest
) -> shapes.ListLogGroupsForQueryResponse:
    """One page of the groups that the query reads.

    Raises: InvalidParameterException, ResourceNotFoundException.   Reads: log_queries.   Source: logs.md §2.2.
    """
    query = _existing(ctx, request["queryId"])
    scope = ["list_log_groups_for_query", request["queryId"]]
    first = int(redeemed(ctx, request["nextToken"], scope)[0] or 0) if "nextToken" in request else 0
    count = request.get("maxResults", 500)
    names = query.groups[first : first + count]
    answer: shapes.ListLogGroupsForQueryResponse = {"logGroupIdentifiers": list(names)}
    if first + count < len(query.groups):
        answer["nextToken"] = issued(ctx, scope, [first + count])
    return answer
