"""Secrets that have a structure which must survive: CRNs, JSON web tokens, addresses, cookies, hosts."""

from __future__ import annotations

import base64
import ipaddress
import json
import re
from typing import TYPE_CHECKING, Any

from pytest_qruntime.cassette.scrub.layers import holds_data

if TYPE_CHECKING:
    from pytest_qruntime.cassette.scrub.names import Names

# -- CRNs --------------------------------------------------------------------------------------------------------------

CRN = r"(?i:crn:v\d+)(?::[^:\s\"'<>,;&?#()\[\]{}\\]*){3,8}"
_SCOPE, _INSTANCE, _RESOURCE = 6, 7, 9


def crn(text: str, names: Names) -> str:
    """Account, instance and resource become pseudonyms; service, region and form stay."""
    parts = text.split(":")
    for index, part in enumerate(parts):
        if index == _SCOPE and "/" in part:
            kind, _, account = part.partition("/")
            parts[index] = f"{kind}/{names.of('account', account)}"
        elif part and index >= _INSTANCE and index != _RESOURCE - 1:
            parts[index] = names.of("instance id" if index == _INSTANCE else "resource", part)
    return ":".join(parts)


# -- JSON web tokens ---------------------------------------------------------------------------------------------------

JWT = r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)+"
_SIGNATURE = "c2NydWJiZWQ"
_TIMES = ("iat", "nbf", "exp")
_PUBLIC = ("grant_type", "scope", "client_id")
_ALGORITHM = re.compile(r"[A-Z]{2}[0-9]{3}|none")
_WORDS = re.compile(r"[a-z][a-z :_-]{0,80}")
_CLAIMS = {"iam_id": "user", "sub": "user", "email": "e-mail"}


def jwt(text: str, names: Names) -> str:
    """A token with the same times and the same algorithm, of a pseudonym; what else it said is gone.

    So is its signature. A text that only looks like a token becomes a pseudonym as a whole.
    """
    try:
        head, claims = (_decoded(part) for part in text.split(".")[:2])
    except ValueError:
        return names.of("token", text)
    algorithm = str(head.get("alg"))
    shown = {"alg": algorithm if _ALGORITHM.fullmatch(algorithm) else "HS256", "typ": "JWT"}
    new = f"{_encoded(shown)}.{_encoded(_shown_claims(claims, names))}.{_SIGNATURE}"
    if new != text:
        names.seen.add("jwt")
    return new


def _shown_claims(claims: dict[str, Any], names: Names) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for claim, kind in _CLAIMS.items():
        if isinstance(claims.get(claim), str):
            shown[claim] = names.of(kind, claims[claim])
    account = claims.get("account")
    if isinstance(account, dict) and isinstance(account.get("bss"), str):
        shown["account"] = {"bss": names.of("account", account["bss"])}
    for claim in _PUBLIC:
        if isinstance(claims.get(claim), str) and _WORDS.fullmatch(claims[claim]):
            shown[claim] = claims[claim]
    for claim in _TIMES:
        if isinstance(claims.get(claim), (int, float)):
            shown[claim] = claims[claim]
    return shown


def _decoded(part: str) -> dict[str, Any]:
    found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    if not isinstance(found, dict):
        raise ValueError("a token's parts are objects")
    return found


def _encoded(document: dict[str, Any]) -> str:
    compact = json.dumps(document, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(compact).rstrip(b"=").decode()


# -- keys --------------------------------------------------------------------------------------------------------------

API_KEY = r"(?<![A-Za-z0-9+/_=%-])[A-Za-z0-9_-]{44}(?![A-Za-z0-9+/_=%-])"


def is_api_key(text: str) -> bool:
    """Whether it is no word, and no 44 characters of encoded data."""
    return all(re.search(kind, text) for kind in ("[a-z]", "[A-Z]", "[0-9]")) and not holds_data(text)


# -- addresses and hosts -----------------------------------------------------------------------------------------------

IPV4 = r"(?<![\w.-])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w-]|\.[0-9])"
IPV6 = r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{1,4}|(?:[0-9]{1,3}\.){3}[0-9]{1,3})?(?![\w:])"
LOOPBACK = r"(?<![\w.-])(?:127(?:\.[0-9]{1,3}){3}|localhost|\[::1\]):(?P<secret>[0-9]{1,5})(?![0-9])"
_V4 = 4
_SHOWN_NETS = {_V4: ipaddress.ip_network("192.0.2.0/24"), 6: ipaddress.ip_network("2001:db8::/32")}
_PORT_DIGITS = 3
_LEAST_V6 = 7
_LAST_V4 = 254


def is_ip(text: str) -> bool:
    """Whether it is the address of some machine, and not of this one or of many."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if address.version != _V4 and (len(text) < _LEAST_V6 or not re.search("[0-9]", text)):
        return False
    return not (address.is_loopback or address.is_unspecified or address.is_multicast or text == "255.255.255.255")


def ip(text: str, names: Names) -> str:
    """An address of the nets for documentation."""
    address = ipaddress.ip_address(text)
    net = _SHOWN_NETS[address.version]
    if address in net:
        names.reserve("ip", int(address) - int(net.network_address))
        return text
    names.seen.add("ip")
    number = names.number("ip", text)
    return str(net[min(number, _LAST_V4) if address.version == _V4 else number])


def port(text: str, names: Names) -> str:
    """1 for the first loopback server, 2 for the next: the ports that a system chooses have five digits."""
    if len(text) < _PORT_DIGITS:
        names.reserve("loopback port", int(text))
        return text
    names.seen.add("loopback port")
    return str(names.number("loopback port", text))


_REGION = r"(?:[a-z]{2}-[a-z]{2,6}(?:-[0-9])?\.)?"
_PUBLIC_HOST = re.compile(
    r"(?:private\.)?" + _REGION + r"(?:quantum|iam|api\.global-search-tagging|globalcatalog|resource-controller)"
    r"\.(?:test\.)?cloud\.ibm\.com"
    r"|(?:(?:www|cloud|docs|quantum|docs\.quantum|quantum-computing|(?:auth|api)\.quantum(?:-computing)?)\.)?ibm\.com"
    r"|ibm\.biz|(?:www\.)?(?:github\.com|qiskit\.org|json-schema\.org|python\.org|w3\.org|pypi\.org|openqasm\.com)"
    r"|docs\.python\.org|(?:[a-z0-9-]+\.)?example(?:\.com|\.org|\.net)?|localhost|127(?:\.[0-9]{1,3}){3}|\[::1?\]"
    r"|testserver|quantum\.127\.0\.0\.1",
    re.IGNORECASE,
)


def host(text: str, names: Names) -> str:
    """A pseudonym for the host of a tenant; the service's own, public and loopback ones stay. A port may follow."""
    name, colon, number = text.rpartition(":") if re.search(r":[0-9]+\Z", text) else (text, "", "")
    local = re.fullmatch(LOOPBACK, text)
    if local is not None:
        return f"{name}:{port(number, names)}"
    bare = name.rstrip(".")
    if not bare or _PUBLIC_HOST.fullmatch(bare):
        return text
    address = re.fullmatch(IPV4, bare) or re.fullmatch(r"\[([0-9A-Fa-f:.]+)\]", bare)
    if address is None:
        return names.of("tenant host", bare.lower()) + colon + number
    inner = bare.strip("[]")
    return (bare.replace(inner, ip(inner, names)) if is_ip(inner) else bare) + colon + number


# -- headers -----------------------------------------------------------------------------------------------------------

_ATTRIBUTES = ("path", "domain", "expires", "max-age", "samesite", "secure", "httponly", "partitioned", "priority")


def cookies(text: str, names: Names) -> str:
    """The names of the cookies and their attributes, with no value left."""

    def hide(found: re.Match[str]) -> str:
        name, value = found.group(1), found.group(2)
        if name.lower() == "domain":
            return f"{name}={host(value.lstrip('.'), names)}"
        return found.group() if name.lower() in _ATTRIBUTES else f"{name}={names.of('cookie', value)}"

    hidden, named = re.subn(r"([^=;,\s]+)=([^;,]*)", hide, text)
    return hidden if named else names.of("cookie", text)


def caller(text: str, names: Names) -> str:
    """The versions of the client stay; the file from which it was called goes."""
    versions, star, path = text.partition("*/")
    return versions + star + (names.of("caller", path) if path else "") if star else text


_BASIC = base64.b64encode(b"scrubbed:scrubbed").decode()


def authorization(text: str, names: Names) -> str:
    """The scheme stays; what follows is a token that stays a token, a key, or credentials."""
    scheme, blank, rest = text.partition(" ")
    if not blank:
        scheme, rest = "", text
    if re.fullmatch(JWT, rest):
        shown = jwt(rest, names)
    elif scheme.lower() == "basic":
        shown = _BASIC
        if rest != _BASIC:
            names.seen.add("credentials")
    else:
        shown = names.of("api key" if scheme.lower() == "apikey" else "token", rest)
    return scheme + blank + shown
