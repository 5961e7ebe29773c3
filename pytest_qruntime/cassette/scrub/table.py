"""The rules that always hold; `docs/reference/scrubbing.md` is made from them."""

from __future__ import annotations

from typing import Final

from pytest_qruntime.cassette.scrub import shapes
from pytest_qruntime.cassette.scrub.rules import Rule

_CREDENTIAL: Final = (
    r"(?i:(?<![A-Za-z])(?:api[_-]?key|access[_-]?token|refresh[_-]?token|id[_-]?token|client[_-]?secret|passw(?:or)?d"
    r"|passcode)\\?[\"']?\s*[:=]\s*\\?[\"']?)(?P<secret>[^\s\"'\\&,;{}\[\]]{4,})"
)
_AFTER_SCHEME: Final = r"(?i:\bbearer\s+)(?P<secret>(?=[^\s\"']*[0-9])[\w.~+/=-]{12,})"
_AFTER_APIKEY: Final = r"(?i:\bapikey\s+)(?P<secret>(?=[^\s\"']*[0-9])[\w.~+/=-]{12,})"
_UUID: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_PATH_END: Final = r"[^/?#\s\"'&]+"

# fmt: off
DEFAULT_RULES: Final[tuple[Rule, ...]] = (
    # what opens doors
    Rule("jwt", shapes.JWT, apply=shapes.jwt, needs=".",
         meaning="a JSON web token: it stays decodable, with its iat and its exp"),
    Rule("token", r"(?:proxy-)?authorization", "field", "scrubbed-token-{n}", apply=shapes.authorization,
         meaning="bearer tokens, API keys and passwords in Authorization"),
    Rule("api key", r"(?:x-)?(?:api|iam)?[_-]?apikey|(?:x-)?(?:iam[_-]?)?api[_-]key|qiskit_ibm_token", "field",
         "scrubbed_api_key_{n:027d}", meaning="API keys by their name"),
    Rule("api key", shapes.API_KEY, accepts=shapes.is_api_key,
         meaning="API keys by their shape: 44 letters and digits of all kinds"),
    Rule("api key", _AFTER_APIKEY, needs="pP", meaning="API keys after the word apikey"),
    Rule("refresh token", r"(?:[a-z]+[_-])*refresh[_-]?token", "field", "scrubbed-refresh-token",
         meaning="refresh tokens"),
    Rule("token", r"(?:[a-z_-]*[_-])?token|accesstoken|idtoken|x-auth-[a-z-]*|x-amz-security-token", "field",
         meaning="tokens by their name"),
    Rule("token", _AFTER_SCHEME, needs="bB", meaning="tokens after the word Bearer"),
    Rule("secret", r"passw(?:or)?d|passcode|passphrase|otp"
         r"|(?:client|app|consumer)?[_-]?secret(?:[_-]?(?:access[_-]?)?key)?|private[_-]?key|access[_-]?key(?:[_-]?id)?|awsaccesskeyid|hmac|sig|signature|x-amz-(?:signature|credential)",
         "field", meaning="passwords, secrets, and what signs an address"),
    Rule("secret", _CREDENTIAL, needs=":=", meaning="what follows password=, apikey: and the like, as in logs"),
    Rule("secret", r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
         needs="K",
         meaning="private keys"),
    Rule("cookie", r"cookie|set-cookie", "field", "scrubbed-cookie", apply=shapes.cookies,
         meaning="the values of cookies; their names and attributes stay"),
    Rule("credentials", r"(?<=://)(?P<secret>[^/\s@\"'<>?#]+)(?=@)", pseudonym="scrubbed:scrubbed", needs="@",
         meaning="user and password in an address"),
    # who
    Rule("crn", shapes.CRN, apply=shapes.crn, needs=":",
         meaning="Cloud Resource Names: service and region stay, account, instance and resource become pseudonyms"),
    Rule("account", r"account[_-]?id|accounts?|bss|(?:bss|ims)[_-]?account(?:[_-]?id)?|ims|ims_user_id|account\.id"
         r"|accountguid|organization_guid|space_guid", "field", "acc0{n:028d}", meaning="account ids by their name"),
    Rule("account", r"(?<![A-Za-z0-9])(?:a/|accounts/)(?P<secret>[0-9a-f]{32})(?![0-9A-Za-z])", needs="/",
         meaning="account ids as a/... and in paths"),
    Rule("instance id", r"(?:service_|resource_)?instance[_-]?(?:id|guid)|guid|service-instance", "field",
         "00000000-0000-4000-8000-{n:012d}", meaning="instance ids by their name"),
    Rule("instance id", rf"(?:resource_instances|service_instances)/(?P<secret>{_UUID})", needs="/",
         meaning="instance ids in paths"),
    Rule("resource", r"bucket(?:[_-]?name)?|object_name", "field", "scrubbed-resource-{n}",
         meaning="buckets and objects, also at the end of a CRN"),
    Rule("user", r"(?<![A-Za-z0-9])(?:IBMid|iam-ServiceId|iam-Profile|ServiceId)-[A-Za-z0-9][A-Za-z0-9-]{3,}",
         pseudonym="IBMid-user{n}", needs="-", meaning="user, service and profile ids by their shape"),
    Rule("user", r"user|user[_-]?(?:id|name|guid)|uid|iam[_-]?id|owner|author|creator|created_by|login"
         r"|preferred_username|(?:user|owner|author)\.(?:id|name)|realmed_sub|x-(?:forwarded-)?user|(?:given|family|full)_name",
         "field",
         meaning="users by the name of the field"),
    Rule("user", rf"(?<=/users/)(?P<secret>{_PATH_END})", needs="/", meaning="users in paths"),
    Rule("e-mail", r"(?<![\w.+%-])[A-Za-z0-9_][\w.+%-]*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?![\w-])",
         pseudonym="user{n}@example.com", needs="@", meaning="e-mail addresses"),
    Rule("instance name", r"(?:service[_-]|resource[_-])?instance(?:[_-]?name)?|qiskit_ibm_instance|hub|provider",
         "field", "instance-{n}", meaning="names of instances by the name of the field, and beside a CRN"),
    # where
    Rule("tenant host", r"host|x-forwarded-host|x-original-host", "field", "tenant{n}.example", apply=shapes.host,
         meaning="hosts of tenants, also in every address; the service's own and public ones stay"),
    Rule("loopback port", shapes.LOOPBACK, apply=shapes.port, needs=":",
         meaning="the port of a server on this machine"),
    Rule("ip", shapes.IPV4, pseudonym="192.0.2.{n}", accepts=shapes.is_ip, apply=shapes.ip, unless=r".*version.*",
         binary=False, needs=".", meaning="IPv4 addresses, not those of this machine"),
    Rule("ip", shapes.IPV6, accepts=shapes.is_ip, apply=shapes.ip, unless=r".*version.*", binary=False,
         needs=":", meaning="IPv6 addresses"),
    Rule("caller", r"x-qx-client-application", "field", "scrubbed", apply=shapes.caller,
         meaning="the path of the calling file; the versions of the client stay"),
    Rule("system", r"os\.version=(?P<secret>[^;,)\s\"'\\]+)", pseudonym="scrubbed", needs="=",
         meaning="the release of the operating system, which IBM's SDK puts into user-agent"),
    Rule("home", r"(?:/home/|/Users/|\b[A-Za-z]:[\\/]+Users[\\/]+)(?P<secret>[^/\\\s\"':*?<>|,;)]+)",
         pseudonym="scrubbed", needs="/\\", meaning="the user in the path of a home folder"),
    # which request
    Rule("trace id", r"trace(?:[_-]?id)?|(?:x-)?(?:global-)?(?:request|correlation|transaction|trace|span)[_-]?id"
         r"|uber-trace-id|traceparent|tracestate|b3|x-b3-[a-z]+|x-amzn?-[a-z]*(?:trace|request)-id|x-cloud-trace-context|cf-ray"
         r"|x-envoy-[a-z-]+|x-global-transaction-id|requestid|traceid|transactionid|correlationid|x-datadog-[a-z-]+",
         "field", "00000000-0000-4000-8000-000000000000", meaning="ids of single requests"),
    Rule("digest", r"content-md5|digest|repr-digest|content-digest", "field", "scrubbed-digest",
         meaning="digests of a body, which would tell a guess"),
)
# fmt: on

# What other requests refer to: it stays, and it is no name of an instance either.
REFERENCES: Final = (
    r"(?:job|session|parent_job|calibration|program|plan|service_plan_unique)_?id|backend|backend_name|mode"
)
