"""Every environment variable CareLoop reads, typed and read once.

Only the roots (`bot.main`, `bot.launch`, `bot.keys`, `bot.staff`, `bot.sending`) read settings; everybody else is
handed plain values.
"""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from crm_store.errors import CareLoopError

PREFIX = "CARELOOP_"


class SettingsRefused(CareLoopError):
    """A variable is missing or wrong. The message names each one and what would be right."""

    code = "settings_refused"


def _http_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.netloc):
        raise ValueError("must be an address such as https://chat.example.com")
    return value.rstrip("/")


def _postgres_url(value: str) -> str:
    if value and urlsplit(value).scheme not in {"postgresql", "postgresql+psycopg"}:
        raise ValueError("must be like postgresql://user:password@host:5432/name")
    return value.replace("postgresql://", "postgresql+psycopg://", 1)


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("must be an IANA zone such as Asia/Singapore") from error
    return value


HttpUrl = Annotated[str, AfterValidator(_http_url)]
PostgresUrl = Annotated[str, AfterValidator(_postgres_url)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]


class Settings(BaseSettings):
    """What one running copy of CareLoop is told from outside."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    public_url: HttpUrl = Field("", description="where shoppers reach us; empty means http://host:port")
    var: Path = Path("var")
    models: Path | None = Field(None, description="trained Rasa models; may be shared; empty means models under var")
    demo: bool | None = Field(None, description="demo shop; by default only on the embedded database")
    time_zone: TimeZone = "Asia/Singapore"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    secret: SecretStr = Field(SecretStr(""), description="signs tokens; by default made once under var")
    metrics_token: SecretStr = Field(SecretStr(""), description="opens /metrics and /healthz to another machine")

    database_url: PostgresUrl = Field("", description="empty means the embedded PostgreSQL under var")
    database_pool: int = Field(20, ge=2, le=200)

    rasa_url: HttpUrl = Field("", description="empty means that ./careloop up starts one on loopback")
    rasa_token: SecretStr = SecretStr("")
    rasa_timeout: float = Field(8.0, ge=1, le=60, description="seconds for one turn")
    rasa_patch: bool = Field(True, description="the two measured speed-ups of nlu/components/speed.py")
    action_timeout: float = Field(3.0, gt=0, le=30, description="seconds for one action")
    actions_token: SecretStr = SecretStr("")

    telegram_token: SecretStr = SecretStr("")
    telegram_api_base: HttpUrl = "https://api.telegram.org"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_secret: SecretStr = SecretStr("")

    smtp_host: str = Field("", description="empty in the demo means a mailbox of its own on loopback")
    smtp_port: int = Field(587, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    shop_name_en: str = "Willowmere"
    shop_name_zh: str = "柳岸百货"
    embed_origins: str = Field("", description="origins of shop pages that may show the chat, separated by blanks")
    web_messages_per_minute: int = Field(40, ge=1, description="of one web-chat visitor")
    web_sessions_per_minute: int = Field(30, ge=1, description="new web chats from one network address")
    attachment_mb: int = Field(10, ge=1, le=20, description="megabytes of one photo or file a shopper sends")
    return_after_hours: int = Field(24, ge=1, le=720, description="of silence, until the bot has a held chat again")
    phone_region: str = Field("SG", pattern=r"^[A-Z]{2}$", description="country of phone numbers typed without +")
    raw_days: int = Field(30, ge=1, le=3650, description="days a provider's raw event is kept once answered")

    mail_from: str = "care@willowmere.example"

    @property
    def is_demo(self) -> bool:
        return not self.database_url if self.demo is None else self.demo

    @property
    def base_url(self) -> str:
        return self.public_url or f"http://{self.host}:{self.port}"

    @model_validator(mode="after")
    def _fits_together(self) -> "Settings":
        if self.action_timeout >= self.rasa_timeout:
            raise ValueError("CARELOOP_ACTION_TIMEOUT must be below CARELOOP_RASA_TIMEOUT")
        if self.telegram_mode == "webhook" and not self.telegram_webhook_secret.get_secret_value():
            raise ValueError("CARELOOP_TELEGRAM_MODE=webhook needs CARELOOP_TELEGRAM_WEBHOOK_SECRET")
        if self.database_url and len(self.secret.get_secret_value()) < 32:
            raise ValueError("CARELOOP_DATABASE_URL needs CARELOOP_SECRET of at least 32 characters")
        return self


def read_settings() -> Settings:
    """Read the environment; raises `SettingsRefused` with every wrong variable named, never its value."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsRefused("; ".join(_named(problem) for problem in error.errors())) from None


def _named(problem: "object") -> str:
    assert isinstance(problem, dict)
    variable = "".join(f"{PREFIX}{str(part).upper()}: " for part in problem["loc"][:1])
    return f"{variable}{str(problem['msg']).removeprefix('Value error, ')}"
