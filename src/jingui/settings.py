"""Every deployment choice, read once from the environment.

The table of variables is ``VARIABLES``; ``docs/reference/settings.md`` is generated from it. Secrets are files
with mode 0600 inside ``JINGUI_HOME`` unless the environment gives them.
"""

from __future__ import annotations

import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

VARIABLES: dict[str, tuple[str, str]] = {
    "JINGUI_HOME": ("./instance", "Folder of the instance: database, keys, store, staging, journal files."),
    "JINGUI_DATABASE_URL": ("", "postgresql://USER:PASSWORD@HOST:PORT/NAME; empty: SQLite in JINGUI_HOME."),
    "JINGUI_SECRET_KEY": ("", "Secret of sessions and forms; empty: a file in JINGUI_HOME/keys."),
    "JINGUI_MASTER_KEY": ("", "Secret from which source keys are derived; empty: a file in JINGUI_HOME/keys."),
    "JINGUI_ALLOWED_HOSTS": ("127.0.0.1,localhost,[::1]", "Host names the site answers to, separated by commas."),
    "JINGUI_PUBLIC_URL": ("http://127.0.0.1:8000", "Address that QR codes and receipts lead to."),
    "JINGUI_HTTPS": ("0", "1: cookies only over HTTPS, HSTS, redirect; set it behind TLS."),
    "JINGUI_NAME": ("云泽市政务服务中心档案室", "Name of the archives that issues copies, printed on them."),
    "JINGUI_WORKERS": ("1", "Worker processes that `serve` starts; 0: run `jingui worker` elsewhere."),
    "JINGUI_THREADS": (
        "8",
        "Requests that one web process works on at once, each with a database connection. Waiting for a sender does not count.",
    ),
    "JINGUI_READERS": ("1", "Reader processes per worker that open untrusted files."),
    "JINGUI_MAX_FILE_BYTES": (str(16 * 2**30), "Largest file taken over HTTP, in bytes."),
    "JINGUI_COPY_MAX_DAYS": ("365", "Longest validity of a restricted copy, in days."),
    "JINGUI_SCAN_FOLDER": ("", "Folder that scanners write into, one subfolder per agency code; empty: uploads only."),
    "JINGUI_COUNTER_KEEP_SCANS": ("0", "1: scans of the counter are archived as they came, beside the materials."),
    "JINGUI_RECOGNISE_FILES": (
        "0",
        "1: scans among the files of cases are recognised (OCR) for search and suggestions.",
    ),
    "JINGUI_COUNTER_OCR": ("1", "0: pages at the counter are not recognised, even where the packages are installed."),
    "JINGUI_COUNTER_TEXT_LAYER": (
        "0",
        "1: pages at the counter are recognised whole, and the PDF made of them carry the words behind the picture.",
    ),
    "JINGUI_ARCHIVING_HOURS": (
        "72",
        "How long a closed case may take to be archived, in hours (coverage certificates).",
    ),
    "JINGUI_LEDGER_LINES_DAYS": (
        "730",
        "How long the single lines of a settled day are kept, in days; certificates stay for ever; 0: lines too.",
    ),
    "JINGUI_PLAN_PROFILE": (
        "",
        "JSON file of the plan profile: compiler, levels, default layer; empty: the shipped one.",
    ),
    "JINGUI_PASSWORD": (
        "",
        "Password for `jingui account add` (empty: it is asked for); passphrase of the keys in a backup without `--passphrase-file`.",
    ),
    "JINGUI_SOURCE_KEY": ("", "Key id for `jingui replay`; empty: the name of the source."),
    "JINGUI_SOURCE_SECRET": ("", "Secret, or KEY_ID:SECRET, for `jingui replay`; empty: the file of `source add`."),
    "JINGUI_CREDENTIAL_NAME": (
        "",
        "Secret that a connection names as NAME; empty: the file JINGUI_HOME/keys/secrets/NAME.",
    ),
    "JINGUI_CLAMD": ("", "Malware scanner: unix:/run/clamav/clamd.ctl or tcp:HOST:PORT; empty: files are not scanned."),
    "JINGUI_INSPECTION_DAYS": (
        "365",
        "How often a preserved record is inspected again (长期保存), in days; 0: only when asked.",
    ),
    "JINGUI_COPIES": ("1", "How many storage roots must hold each record, the primary one counted; fewer is an alarm."),
    "JINGUI_COLLECTORS": ("4", "Connections to sources that one worker process reads at once; 0: none."),
    "JINGUI_SUPERVISED": ("", "Internal: set by `serve` for its children, which end when it ends."),
}


def _variable(name: str) -> str:
    return os.environ.get(name, VARIABLES[name][0])


def _integer(name: str) -> int:
    value = _variable(name)
    if not value.isascii() or not value.isdigit():
        message = f"{name} must be a whole number, not {value!r}. Nothing was started; correct it and start again."
        raise SystemExit(message)
    return int(value)


@dataclass(frozen=True, slots=True)
class Instance:
    """The choices that are not Django's own."""

    home: Path
    name: str
    public_url: str
    master_key: str
    workers: int
    threads: int
    readers: int
    max_file_bytes: int
    copy_max_days: int
    archiving_hours: int = 72
    ledger_lines_days: int = 730
    scan_folder: str = ""
    keeps_scans: bool = False
    recognises: bool = True
    recognises_files: bool = False
    layers_text: bool = False
    collectors: int = 4
    copies: int = 1
    clamd: str = ""
    inspection_days: int = 365
    slice_seconds: int = 5

    plan_profile: str = ""

    @property
    def keys(self) -> Path:
        """Folder of the keys, mode 0700."""
        return self.home / "keys"


def secret_file(path: Path) -> str:
    """Return the secret kept in ``path``, making it (mode 0600) if the folder exists and the file does not."""
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    if not path.parent.is_dir():
        return secrets.token_urlsafe(48)  # no instance yet: a passing secret, kept nowhere
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


# A machine that is gone says nothing: without these, its locks would stand for two hours, and we would wait as long.
_SOON_TOLD = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
_SERVER_SIDE = {
    "tcp_keepalives_idle": "30s",
    "tcp_keepalives_interval": "10s",
    "tcp_keepalives_count": "3",
    "lock_timeout": "60s",  # as long as SQLite waits
}


def database(url: str, home: Path) -> dict[str, object]:
    """Django's description of the database named by ``url``; SQLite in ``home`` when it is empty."""
    if not url:
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(home / "jingui.sqlite3"),
            "CONN_MAX_AGE": None,
            # IMMEDIATE: a writer waits for its turn at BEGIN instead of failing when it first writes.
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 60, "init_command": pragmas},
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        message = f"JINGUI_DATABASE_URL must begin with postgresql://, not {parts.scheme!r}."
        raise SystemExit(message)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": _SOON_TOLD | {"options": " ".join(f"-c {name}={value}" for name, value in _SERVER_SIDE.items())},
    }


_HOME = Path(_variable("JINGUI_HOME")).resolve()

JINGUI = Instance(
    home=_HOME,
    name=_variable("JINGUI_NAME"),
    public_url=_variable("JINGUI_PUBLIC_URL").rstrip("/"),
    master_key=_variable("JINGUI_MASTER_KEY") or secret_file(_HOME / "keys" / "master.key"),
    workers=_integer("JINGUI_WORKERS"),
    threads=_integer("JINGUI_THREADS"),
    readers=_integer("JINGUI_READERS"),
    max_file_bytes=_integer("JINGUI_MAX_FILE_BYTES"),
    copy_max_days=_integer("JINGUI_COPY_MAX_DAYS"),
    plan_profile=_variable("JINGUI_PLAN_PROFILE"),
    archiving_hours=_integer("JINGUI_ARCHIVING_HOURS"),
    ledger_lines_days=_integer("JINGUI_LEDGER_LINES_DAYS"),
    scan_folder=_variable("JINGUI_SCAN_FOLDER"),
    keeps_scans=_variable("JINGUI_COUNTER_KEEP_SCANS") == "1",
    recognises=_variable("JINGUI_COUNTER_OCR") == "1",
    recognises_files=_variable("JINGUI_RECOGNISE_FILES") == "1",
    layers_text=_variable("JINGUI_COUNTER_TEXT_LAYER") == "1",
    collectors=_integer("JINGUI_COLLECTORS"),
    copies=_integer("JINGUI_COPIES"),
    clamd=_variable("JINGUI_CLAMD"),
    inspection_days=_integer("JINGUI_INSPECTION_DAYS"),
)

SECRET_KEY = _variable("JINGUI_SECRET_KEY") or secret_file(_HOME / "keys" / "session.key")
DEBUG = False
ALLOWED_HOSTS = [host.strip() for host in _variable("JINGUI_ALLOWED_HOSTS").split(",") if host.strip()]
_HTTPS = _variable("JINGUI_HTTPS") == "1"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "jingui.db",
    "jingui.interfaces.web",
    "jingui.interfaces.portal",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "jingui.interfaces.web.middleware.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "jingui.interfaces.web.middleware.DomainErrors",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "jingui.interfaces.web.context.frame",
            ],
            "builtins": ["jingui.interfaces.web.templatetags.jingui"],
        },
    }
]
ROOT_URLCONF = "jingui.interfaces.urls"
WSGI_APPLICATION = "jingui.interfaces.wsgi.application"
APPEND_SLASH = False

DATABASES = {"default": database(_variable("JINGUI_DATABASE_URL"), _HOME)}
# Wrong sign-ins are counted here. There is room for more names than can be tried before a count ends by itself, so that
# nobody makes his own tries forgotten by trying other names.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 50_000}}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "jingui.Account"
AUTHENTICATION_BACKENDS = ["jingui.interfaces.web.sessions.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_NAME = "jingui_session"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = "jingui_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "jingui.interfaces.web.views.failures.csrf_failure"

SECURE_SSL_REDIRECT = _HTTPS
SECURE_HSTS_SECONDS = 31536000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # static files are served from the installed packages; nothing to collect
WHITENOISE_AUTOREFRESH = False

DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 2**20  # JSON messages and forms; file bodies are streamed and do not count
FILE_UPLOAD_MAX_MEMORY_SIZE = 2**20

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"plain_refusals": {"()": "jingui.interfaces.log_lines.PlainRefusals"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["plain_refusals"],
            "stream": sys.stderr,
        }
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"jingui": {"level": "INFO"}},
}
