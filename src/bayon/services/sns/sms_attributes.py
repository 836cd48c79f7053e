"""What an account has chosen for its SMS. Of these bayon obeys the default sender; the others are kept and shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bayon import limits
from bayon.services.operation import Context, operation
from bayon.services.sns.faults import invalid
from bayon.services.sns.values import BadValueError, Check, one_of, text, whole_number
from bayon.state import sms

if TYPE_CHECKING:
    from bayon.shapes.sns import (
        GetSMSAttributesInput,
        GetSMSAttributesOutput,
        SetSMSAttributesInput,
        SetSMSAttributesOutput,
    )

_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9-]{1,11}")


def _sender(value: str) -> str:
    if not _SENDER.fullmatch(value):
        raise BadValueError(f"expected 1 to 11 letters and digits, one letter at least, found {value}")
    return value


_CHECKS: dict[str, Check] = {
    "DefaultSenderID": _sender,
    "DefaultSMSType": one_of("Promotional", "Transactional"),
    "DeliveryStatusIAMRole": text(limits.ARN_CHARS),
    "DeliveryStatusSuccessSamplingRate": whole_number(0, 100),
    "MonthlySpendLimit": whole_number(0, 1_000_000),
    "UsageReportS3Bucket": text(63),
}


@operation
def set_sms_attributes(ctx: Context, request: SetSMSAttributesInput) -> SetSMSAttributesOutput:
    """The account has these values of the attributes in the region; an empty one is no value.

    Raises: InvalidParameterException.   Writes: sms_attributes.
    Source: SNS API reference, SetSMSAttributes; the texts of refusals are inferred.
    """
    given = request["attributes"]
    for name, value in given.items():
        if name not in _CHECKS:
            raise invalid(f"Attributes Reason: Unknown attribute {name}")
        try:
            _CHECKS[name](value) if value else None
        except BadValueError as err:
            raise invalid(f"Attributes Reason: {name}: {err}") from err
    sms.set_attributes(ctx.state, ctx.account, ctx.region, given)
    return {}


@operation
def get_sms_attributes(ctx: Context, request: GetSMSAttributesInput) -> GetSMSAttributesOutput:
    """The attributes that were set, or those of the names asked for.

    Reads: sms_attributes.   Source: SNS API reference, GetSMSAttributes.
    """
    found = {name: value for name, value in sms.attributes(ctx.state, ctx.account, ctx.region).items() if value}
    names = request.get("attributes") or list(found)
    return {"attributes": {name: found[name] for name in names if name in found}}
