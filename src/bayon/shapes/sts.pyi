"""Shapes of sts, generated from its model by `python -m bayon.wire.generate_shapes`."""

from typing import Required, TypedDict

class GetCallerIdentityRequest(TypedDict, total=False):
    pass

class GetCallerIdentityResponse(TypedDict, total=False):
    UserId: str
    Account: str
    Arn: str

GetCallerIdentityInput = GetCallerIdentityRequest
GetCallerIdentityOutput = GetCallerIdentityResponse
