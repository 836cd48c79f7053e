"""The links that messages carry: to confirm and end subscriptions, and to the signing certificate. Pure."""

from __future__ import annotations

from urllib.parse import urlencode

from bayon.settings import Settings

VERSION = "2010-03-31"
CERTIFICATE = "SimpleNotificationService"


def confirm(settings: Settings, topic_arn: str, token: str) -> str:
    """Opening it confirms the subscription."""
    return _call(settings, "ConfirmSubscription", TopicArn=topic_arn, Token=token)


def unsubscribe(settings: Settings, subscription_arn: str) -> str:
    """Opening it ends the subscription."""
    return _call(settings, "Unsubscribe", SubscriptionArn=subscription_arn)


def confirm_page(settings: Settings, topic_arn: str, token: str, endpoint: str) -> str:
    """The same for people: it answers with a page."""
    query = urlencode({"TopicArn": topic_arn, "Token": token, "Endpoint": endpoint})
    return f"{settings.links_url}/confirmation.html?{query}"


def unsubscribe_page(settings: Settings, subscription_arn: str, endpoint: str) -> str:
    """The same for people: it answers with a page."""
    query = urlencode({"SubscriptionArn": subscription_arn, "Endpoint": endpoint})
    return f"{settings.links_url}/unsubscribe.html?{query}"


def certificate(settings: Settings, key_id: str) -> str:
    """Where the certificate of the key is served."""
    return f"{settings.certificates_url}/{CERTIFICATE}-{key_id}.pem"


def _call(settings: Settings, action: str, **parameters: str) -> str:
    return f"{settings.links_url}/?{urlencode({'Action': action, 'Version': VERSION} | parameters)}"
