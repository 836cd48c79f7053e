"""What the person who starts bayon can choose: a field is a setting, read here by the command line and reference."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - recognised, not bound

Parity = Literal["lifted", "strict"]
AwsMetrics = Literal["as-aws", "marked", "off"]


def setting(default: object, says: str) -> Any:
    """A field whose default and one-line explanation the command line and the reference show."""
    return field(default=default, metadata={"says": says})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One running bayon. URLs are empty for the embedded engines inside `data_dir`."""

    host: str = setting("127.0.0.1", "Address to listen on; other than loopback needs an access key.")
    port: int = setting(4566, "Port to listen on; 0 takes a free one.")
    xray_host: str = setting("127.0.0.1", "Address of the X-Ray daemon's port, which asks nobody for a key.")
    xray_port: int = setting(2000, "Port of the X-Ray daemon, UDP and TCP; 0 takes a free one, -1 none.")
    otlp_port: int = setting(4318, "Port that OpenTelemetry sends to by itself; 0 takes a free one, -1 none.")
    aws_metrics: AwsMetrics = setting(
        "as-aws", "Metrics of the AWS services that traces see called: as AWS names them, marked with Source, or off."
    )
    data_dir: Path = setting(Path("data"), "Folder that holds everything.")
    store: str = setting(
        "", "Where telemetry lives: chdb:///PATH or clickhouse://HOST; in the data folder if not given."
    )
    state: str = setting("", "Where configuration lives: a SQLite or PostgreSQL URL; in the data folder if not given.")
    buckets: str = setting(
        "",
        "Where S3 buckets are: a folder with a subfolder a bucket, or the http(s) address of an S3 endpoint; "
        "in the data folder if not given.",
    )
    account: str = setting("000000000000", "Account of callers whose access key id names none.")
    region: str = setting("us-east-1", "Region of callers that name none.")
    parity: Parity = setting("lifted", "Whether the account quotas and rates of AWS are lifted or enforced (strict).")
    allow_networks: str = setting(
        "", "Private networks that bayon may deliver to, such as 10.0.0.0/8,127.0.0.1; none if not given."
    )
    public_url: str = setting("", "Address that links in messages lead to; the one bayon listens on if not given.")
    signing_url: str = setting(
        "", "Address that SNS documents name for the signing certificate; the public address if not given."
    )
    smtp: str = setting(
        "", "Mail server, smtp://USER:PASSWORD@HOST:PORT or smtps://…; mail stays in the local inbox if not given."
    )
    mail_from: str = setting("bayon@localhost", "Sender of bayon's mail.")
    sms_gateway: str = setting(
        "", "URL that every SMS is posted to as JSON; an SMS stays in the local inbox if not given."
    )
    targets: str = setting(
        "", "Where ARNs of services that bayon does not have lead, as ARN=URL,…; * in an ARN stands for anything."
    )
    alarm_log_group: str = setting(
        "/aws/events/cloudwatch-alarms", "Log group that gets EventBridge's events about alarms; none if empty."
    )
    alarm_webhooks: str = setting("", "Addresses, separated by commas, that each event about an alarm is posted to.")
    ephemeral: bool = setting(
        default=False, says="Keep nothing after the stop; let clients reset bayon and move its clock."
    )

    @property
    def store_url(self) -> str:
        """Where telemetry lives: `chdb:///path` or `clickhouse://host`."""
        return self.store or f"chdb://{self.data_dir.resolve() / 'store'}"

    @property
    def state_url(self) -> str:
        """Where configuration lives: a SQLAlchemy URL of SQLite or PostgreSQL."""
        return self.state or f"sqlite:///{self.data_dir.resolve() / 'state.sqlite3'}"

    @property
    def links_url(self) -> str:
        """The address that links in messages lead to."""
        return (self.public_url or self.endpoint).rstrip("/")

    @property
    def certificates_url(self) -> str:
        """The address that documents name for the signing certificate."""
        return (self.signing_url or self.links_url).rstrip("/")

    @property
    def buckets_place(self) -> str:
        """Where S3 buckets are: a folder or the address of an S3 endpoint."""
        return self.buckets or str(self.data_dir.resolve() / "buckets")

    @property
    def endpoint(self) -> str:
        """The address that clients on this machine use."""
        return f"http://{_from_here(self.host)}:{self.port}"

    @property
    def otlp_endpoint(self) -> str:
        """The address that OpenTelemetry's exporters on this machine use."""
        return f"http://{_from_here(self.host)}:{self.otlp_port}"

    @property
    def daemon(self) -> str:
        """The address of the X-Ray daemon's port for clients on this machine."""
        return f"{_from_here(self.xray_host)}:{self.xray_port}"


def _from_here(host: str) -> str:
    """The host as an address writes it, for a client on this machine."""
    host = "127.0.0.1" if host in EVERYWHERE else host
    return f"[{host}]" if ":" in host else host
