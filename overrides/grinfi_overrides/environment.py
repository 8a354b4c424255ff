"""The parts of a client's configuration that may come from the environment: base URL, proxy and certificates.

Errors name the argument or variable that a value came from, and never show a key or a password.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from importlib.util import find_spec
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar
from urllib.request import getproxies, proxy_bypass

import httpx

from .errors import ConfigurationError, GrinfiError, causes

if TYPE_CHECKING:
    from .http_libraries import Proxy

DEFAULT_BASE_URL: Final = "https://leadgen.grinfi.io"
KEYS_PAGE: Final = "https://leadgen.grinfi.io/settings/api-keys"
"""URL of the page that creates API keys."""
KEY_VARIABLE: Final = "GRINFI_API_KEY"
URL_VARIABLE: Final = "GRINFI_BASE_URL"
PROXY_SCHEMES: Final = ("http", "https", "socks5", "socks5h")
# OpenSSL's reasons for bytes that are not TLS; which one depends on its version and on the bytes.
NOT_TLS: Final = {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"}
UNKNOWN_AUTHORITY: Final = {18, 19, 20}
ARGUMENTS: Final = ("base_url", "proxy")

TLS_PORT: Final = 443
NOT_CONNECTED: Final = (httpx.ConnectError, httpx.ConnectTimeout)

P = ParamSpec("P")
ErrorT = TypeVar("ErrorT", bound=BaseException)
MadeT = TypeVar("MadeT")


@dataclass(slots=True)
class Route:
    """Where requests go, and which argument or variable set it."""

    base_url: str
    base_url_from: str
    key_from: str
    proxy: Proxy | None = None
    proxy_from: str = ""
    recognized: bool = False
    """Whether any answer so far looked like one from the API."""

    def __str__(self) -> str:
        explained = f"{httpx.URL(self.base_url).netloc.decode()}{_set_by(self.base_url_from)}"
        if self.proxy is not None:
            explained += f" through the proxy {self.proxy.url.netloc.decode()}{_set_by(self.proxy_from)}"
        return explained

    @property
    def check_key(self) -> str:
        """What to do about a key that was refused."""
        return f"Check {self.key_from}; keys are made at {KEYS_PAGE}."

    @property
    def check_base_url(self) -> str | None:
        """What to do about an answer that is not from the API; None if the API has answered before."""
        if self.recognized:
            return None
        return f"No answer to this client so far looks like the Grinfi API: check {self.base_url_from}."

    def explain(self, error: BaseException) -> str:
        """The error of a failed connection in words, with the likely cause if that is visible."""
        explained = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        secured = self.base_url.startswith("https:")
        for cause in causes(error):
            # Some errors of aiohttp are subclasses of SSLError, but have none of its attributes.
            if getattr(cause, "verify_code", None) in UNKNOWN_AUTHORITY:
                return f"{explained}; {_trusted()}"
            if isinstance(cause, ssl.SSLError) and getattr(cause, "reason", None) in NOT_TLS:
                places = [self.proxy_from] if self.proxy is not None and self.proxy.url.scheme == "https" else []
                places += [self.base_url_from] if secured else []
                return f"{explained}; the port does not speak TLS: write http:// in {' or '.join(places)}"
        if not secured and httpx.URL(self.base_url).port == TLS_PORT and not isinstance(error, NOT_CONNECTED):
            return f"{explained}; {self.expects_tls}"
        return explained

    @property
    def expects_tls(self) -> str:
        """What to do about a port that refuses plain HTTP."""
        return f"the port expects TLS: write https:// in {self.base_url_from}"


def bare(error: ErrorT) -> ErrorT:
    """The error without its traceback frames, and without those of the errors that led to it.

    Their local variables contain keys and passwords, which tools such as Sentry would show.
    """
    for each in causes(error):
        each.__traceback__ = None
    return error


def without_secrets(make: Callable[P, MadeT]) -> Callable[P, MadeT]:
    """Remove from errors of a function the traceback frames that contain its arguments."""

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> MadeT:
        try:
            return make(*args, **kwargs)
        except GrinfiError as error:
            del args, kwargs
            raise bare(error)  # noqa: B904 - it is the same error

    return made


def read_base_url(given: str | None) -> tuple[str, str]:
    """The URL of the API, and the argument or variable that set it."""
    found = os.environ.get(URL_VARIABLE, "").strip()
    source = URL_VARIABLE if given is None and found else "base_url"
    text = (found or DEFAULT_BASE_URL) if given is None else given.strip()
    if "@" in text:
        raise ConfigurationError(f"{source} must not contain a user and password: the API key is sent instead.")
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise ConfigurationError(f"{source} {text!r} is not a URL: {error}.") from error
    if url.scheme not in {"http", "https"} or not url.host or url.query or url.fragment:
        raise ConfigurationError(f"{source} must be http or https, such as {DEFAULT_BASE_URL}, not {text!r}.")
    return str(url).rstrip("/"), source


def find_proxy(base_url: str, given: str | Proxy | None, library: str) -> tuple[Proxy | None, str]:
    """The proxy for this URL, and the argument or variable that set it. Without the argument it is curl's proxy."""
    proxy, source = (given, "proxy") if given is not None else _environment_proxy(httpx.URL(base_url))
    if proxy is None:
        return None, ""
    if isinstance(proxy, str):
        try:
            proxy = httpx.Proxy(proxy if "://" in proxy else f"http://{proxy}")
        except (ValueError, httpx.InvalidURL):
            proxy = None
    if proxy is None or not proxy.url.host:
        # The value is not shown, since it may contain a password.
        raise ConfigurationError(
            f"{source} must be the URL of a proxy, such as http://127.0.0.1:8080, with one of the schemes "
            f"{', '.join(PROXY_SCHEMES)}."
        )
    if proxy.url.scheme.startswith("socks"):
        if library == "aiohttp":
            raise ConfigurationError(f"{source} is a SOCKS proxy, which http_library='aiohttp' cannot use.")
        if find_spec("socksio") is None:
            raise ConfigurationError(f"{source} is a SOCKS proxy, which needs a package: pip install 'httpx[socks]'.")
    return proxy, source


def _environment_proxy(url: httpx.URL) -> tuple[str | None, str]:
    proxies = getproxies()
    found = proxies.get(url.scheme) or proxies.get("all")
    if not found or _is_exempt(url, proxies.get("no", "")):
        return None, ""
    names = {f"{url.scheme}_proxy", "all_proxy"}
    source = (name for name, value in os.environ.items() if name.lower() in names and value == found)
    return found.strip(), next(source, "the system's settings")


def _is_exempt(url: httpx.URL, exempt: str) -> bool:
    """Whether a URL needs no proxy, because of its host, its host and port, or its network."""
    if proxy_bypass(url.host) or proxy_bypass(url.netloc.decode()):
        return True
    for entry in exempt.split(","):
        try:
            if ip_address(url.host) in ip_network(entry.strip().strip("[]"), strict=False):
                return True
        except ValueError:
            continue  # one of the two is a name, not an address
    return False


def tls_context(verify: bool | ssl.SSLContext, *, plain: bool) -> ssl.SSLContext:
    """The settings for TLS. Loading certificates is slow, so it is skipped for connections without TLS."""
    if isinstance(verify, ssl.SSLContext):
        return verify
    if not isinstance(verify, bool):
        raise ConfigurationError(
            f"verify must be True, False or an ssl.SSLContext, such as ssl.create_default_context(cafile={verify!r})."
        )
    if plain or not verify:
        return httpx.create_ssl_context(verify=False)
    file, folders = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if not file and folders and not any(_has_certificates(folder) for folder in folders.split(os.pathsep)):
        raise ConfigurationError(
            f"SSL_CERT_DIR ({folders}) is not a folder with certificates named by their hash; "
            "run 'openssl rehash' on it, or unset the variable."
        )
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        if not file:
            raise
        problem = "it has no certificates in PEM format" if isinstance(error, ssl.SSLError) else error.strerror
        raise ConfigurationError(
            f"SSL_CERT_FILE ({file}) cannot be used: {problem}. Set it to a file of certificates, or unset it."
        ) from error


def _trusted() -> str:
    """What to do about a certificate whose authority is not trusted."""
    for variable in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        if os.environ.get(variable):
            return f"only the authorities in {variable} ({os.environ[variable]}) are trusted"
    return "to trust its authority, set SSL_CERT_FILE to a file with the authority's certificate"


def _set_by(source: str) -> str:
    """The variable that a value came from; empty for an argument, which the caller knows."""
    return "" if source in ARGUMENTS else f" (set by {source})"


def _has_certificates(folder: str) -> bool:
    return any(Path(folder).glob("[0-9a-f]" * 8 + ".[0-9]*"))
