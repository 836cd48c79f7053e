"""Phone numbers that want nothing any more: they opt out by answering an SMS, see `letters`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayon import limits
from bayon.services import page_token
from bayon.services.operation import Context, operation
from bayon.services.sns.endpoints import is_phone_number
from bayon.services.sns.faults import invalid
from bayon.state import sms

if TYPE_CHECKING:
    from bayon.shapes.sns import (
        CheckIfPhoneNumberIsOptedOutInput,
        CheckIfPhoneNumberIsOptedOutResponse,
        ListPhoneNumbersOptedOutInput,
        ListPhoneNumbersOptedOutResponse,
        OptInPhoneNumberInput,
        OptInPhoneNumberResponse,
    )


@operation
def check_if_phone_number_is_opted_out(
    ctx: Context, request: CheckIfPhoneNumberIsOptedOutInput
) -> CheckIfPhoneNumberIsOptedOutResponse:
    """Whether the number wants nothing.

    Reads: opted_out_numbers.   Raises: InvalidParameterException.
    Source: SNS API reference, CheckIfPhoneNumberIsOptedOut.
    """
    number = _checked(request["phoneNumber"])
    return {"isOptedOut": sms.opted_out(ctx.state, ctx.account, ctx.region, number)}


@operation
def list_phone_numbers_opted_out(
    ctx: Context, request: ListPhoneNumbersOptedOutInput
) -> ListPhoneNumbersOptedOutResponse:
    """The numbers that want nothing, a hundred a page.

    Reads: opted_out_numbers.   Raises: InvalidParameterException.
    Source: SNS API reference, ListPhoneNumbersOptedOut.
    """
    scope, after = [ctx.account, ctx.region, "opted out"], None
    if token := request.get("nextToken"):
        try:
            (after,) = page_token.redeem(token, scope, ctx.now_ms, limits.SNS_TOKEN_LIFE_MS)
        except page_token.BadTokenError as err:
            raise invalid("NextToken") from err
    found = sms.opted_out_page(ctx.state, ctx.account, ctx.region, after=after, limit=limits.SNS_PAGE + 1)
    answer: ListPhoneNumbersOptedOutResponse = {"phoneNumbers": found[: limits.SNS_PAGE]}
    if len(found) > limits.SNS_PAGE:
        answer["nextToken"] = page_token.issue(scope, [found[limits.SNS_PAGE - 1]], ctx.now_ms)
    return answer


@operation
def opt_in_phone_number(ctx: Context, request: OptInPhoneNumberInput) -> OptInPhoneNumberResponse:
    """The number may be sent to again. AWS lets each opt in once in thirty days; bayon does not count.

    Raises: InvalidParameterException.   Writes: opted_out_numbers.   Source: SNS API reference, OptInPhoneNumber.
    """
    sms.opt_in(ctx.state, ctx.account, ctx.region, _checked(request["phoneNumber"]))
    return {}


def _checked(number: str) -> str:
    if not is_phone_number(number):
        raise invalid(f"PhoneNumber Reason: input incorrectly formatted: {number}")
    return number
