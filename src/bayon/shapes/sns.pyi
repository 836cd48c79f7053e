"""Shapes of sns, generated from its model by `python -m bayon.wire.generate_shapes`."""

from typing import Required, TypedDict

class AddPermissionInput(TypedDict, total=False):
    TopicArn: Required[str]
    Label: Required[str]
    AWSAccountId: Required[list[str]]
    ActionName: Required[list[str]]

class BatchResultErrorEntry(TypedDict, total=False):
    Id: Required[str]
    Code: Required[str]
    Message: str
    SenderFault: Required[bool]

class CheckIfPhoneNumberIsOptedOutInput(TypedDict, total=False):
    phoneNumber: Required[str]

class CheckIfPhoneNumberIsOptedOutResponse(TypedDict, total=False):
    isOptedOut: bool

class ConfirmSubscriptionInput(TypedDict, total=False):
    TopicArn: Required[str]
    Token: Required[str]
    AuthenticateOnUnsubscribe: str

class ConfirmSubscriptionResponse(TypedDict, total=False):
    SubscriptionArn: str

class CreateTopicInput(TypedDict, total=False):
    Name: Required[str]
    Attributes: dict[str, str]
    Tags: list[Tag]
    DataProtectionPolicy: str

class CreateTopicResponse(TypedDict, total=False):
    TopicArn: str

class DeleteTopicInput(TypedDict, total=False):
    TopicArn: Required[str]

class GetSMSAttributesInput(TypedDict, total=False):
    attributes: list[str]

class GetSMSAttributesResponse(TypedDict, total=False):
    attributes: dict[str, str]

class GetSubscriptionAttributesInput(TypedDict, total=False):
    SubscriptionArn: Required[str]

class GetSubscriptionAttributesResponse(TypedDict, total=False):
    Attributes: dict[str, str]

class GetTopicAttributesInput(TypedDict, total=False):
    TopicArn: Required[str]

class GetTopicAttributesResponse(TypedDict, total=False):
    Attributes: dict[str, str]

class ListPhoneNumbersOptedOutInput(TypedDict, total=False):
    nextToken: str

class ListPhoneNumbersOptedOutResponse(TypedDict, total=False):
    phoneNumbers: list[str]
    nextToken: str

class ListSubscriptionsByTopicInput(TypedDict, total=False):
    TopicArn: Required[str]
    NextToken: str

class ListSubscriptionsByTopicResponse(TypedDict, total=False):
    Subscriptions: list[Subscription]
    NextToken: str

class ListSubscriptionsInput(TypedDict, total=False):
    NextToken: str

class ListSubscriptionsResponse(TypedDict, total=False):
    Subscriptions: list[Subscription]
    NextToken: str

class ListTagsForResourceRequest(TypedDict, total=False):
    ResourceArn: Required[str]

class ListTagsForResourceResponse(TypedDict, total=False):
    Tags: list[Tag]

class ListTopicsInput(TypedDict, total=False):
    NextToken: str

class ListTopicsResponse(TypedDict, total=False):
    Topics: list[Topic]
    NextToken: str

class MessageAttributeValue(TypedDict, total=False):
    DataType: Required[str]
    StringValue: str
    BinaryValue: bytes

class OptInPhoneNumberInput(TypedDict, total=False):
    phoneNumber: Required[str]

class OptInPhoneNumberResponse(TypedDict, total=False):
    pass

class PublishBatchInput(TypedDict, total=False):
    TopicArn: Required[str]
    PublishBatchRequestEntries: Required[list[PublishBatchRequestEntry]]

class PublishBatchRequestEntry(TypedDict, total=False):
    Id: Required[str]
    Message: Required[str]
    Subject: str
    MessageStructure: str
    MessageAttributes: dict[str, MessageAttributeValue]
    MessageDeduplicationId: str
    MessageGroupId: str

class PublishBatchResponse(TypedDict, total=False):
    Successful: list[PublishBatchResultEntry]
    Failed: list[BatchResultErrorEntry]

class PublishBatchResultEntry(TypedDict, total=False):
    Id: str
    MessageId: str
    SequenceNumber: str

class PublishInput(TypedDict, total=False):
    TopicArn: str
    TargetArn: str
    PhoneNumber: str
    Message: Required[str]
    Subject: str
    MessageStructure: str
    MessageAttributes: dict[str, MessageAttributeValue]
    MessageDeduplicationId: str
    MessageGroupId: str

class PublishResponse(TypedDict, total=False):
    MessageId: str
    SequenceNumber: str

class RemovePermissionInput(TypedDict, total=False):
    TopicArn: Required[str]
    Label: Required[str]

class SetSMSAttributesInput(TypedDict, total=False):
    attributes: Required[dict[str, str]]

class SetSMSAttributesResponse(TypedDict, total=False):
    pass

class SetSubscriptionAttributesInput(TypedDict, total=False):
    SubscriptionArn: Required[str]
    AttributeName: Required[str]
    AttributeValue: str

class SetTopicAttributesInput(TypedDict, total=False):
    TopicArn: Required[str]
    AttributeName: Required[str]
    AttributeValue: str

class SubscribeInput(TypedDict, total=False):
    TopicArn: Required[str]
    Protocol: Required[str]
    Endpoint: str
    Attributes: dict[str, str]
    ReturnSubscriptionArn: bool

class SubscribeResponse(TypedDict, total=False):
    SubscriptionArn: str

class Subscription(TypedDict, total=False):
    SubscriptionArn: str
    Owner: str
    Protocol: str
    Endpoint: str
    TopicArn: str

class Tag(TypedDict, total=False):
    Key: Required[str]
    Value: Required[str]

class TagResourceRequest(TypedDict, total=False):
    ResourceArn: Required[str]
    Tags: Required[list[Tag]]

class TagResourceResponse(TypedDict, total=False):
    pass

class Topic(TypedDict, total=False):
    TopicArn: str

class UnsubscribeInput(TypedDict, total=False):
    SubscriptionArn: Required[str]

class UntagResourceRequest(TypedDict, total=False):
    ResourceArn: Required[str]
    TagKeys: Required[list[str]]

class UntagResourceResponse(TypedDict, total=False):
    pass

AddPermissionOutput = dict[str, object]
CheckIfPhoneNumberIsOptedOutOutput = CheckIfPhoneNumberIsOptedOutResponse
ConfirmSubscriptionOutput = ConfirmSubscriptionResponse
CreateTopicOutput = CreateTopicResponse
DeleteTopicOutput = dict[str, object]
GetSMSAttributesOutput = GetSMSAttributesResponse
GetSubscriptionAttributesOutput = GetSubscriptionAttributesResponse
GetTopicAttributesOutput = GetTopicAttributesResponse
ListPhoneNumbersOptedOutOutput = ListPhoneNumbersOptedOutResponse
ListSubscriptionsOutput = ListSubscriptionsResponse
ListSubscriptionsByTopicOutput = ListSubscriptionsByTopicResponse
ListTagsForResourceInput = ListTagsForResourceRequest
ListTagsForResourceOutput = ListTagsForResourceResponse
ListTopicsOutput = ListTopicsResponse
OptInPhoneNumberOutput = OptInPhoneNumberResponse
PublishOutput = PublishResponse
PublishBatchOutput = PublishBatchResponse
RemovePermissionOutput = dict[str, object]
SetSMSAttributesOutput = SetSMSAttributesResponse
SetSubscriptionAttributesOutput = dict[str, object]
SetTopicAttributesOutput = dict[str, object]
SubscribeOutput = SubscribeResponse
TagResourceInput = TagResourceRequest
TagResourceOutput = TagResourceResponse
UnsubscribeOutput = dict[str, object]
UntagResourceInput = UntagResourceRequest
UntagResourceOutput = UntagResourceResponse
