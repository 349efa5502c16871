"""A connection to a certificate hub: asks for access tokens, sends purposes, waits when told to, and says in words what went wrong.

Python 3.9 or newer, nothing but its standard library.
"""

import json
import time
import urllib.error
import urllib.parse
import urllib.request

ATTEMPTS = 6
LONGEST_WAIT = 60  # seconds; whoever is told to wait longer had better be seen by a person
DEADLINE = 30  # seconds
MARGIN = 30  # seconds before its end in which a token is not used any more


class HubError(Exception):
    """The hub refused. `code` is one of the codes in its interface documents, or one of RFC 6749 (`invalid_client`)."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code


class Hub:
    def __init__(self, url, client_id, client_secret, purpose):
        self.url = url
        self._client = (client_id, client_secret)
        self._purpose = purpose
        self._token = None
        self._until = 0.0

    def run(self, query, variables):
        """Runs one operation: (data, masked), where `masked` names the selections that this client sees masked or not at all.

        Raises HubError where the hub answers any error, also beside data: half an answer is not acted upon.
        """
        body = json.dumps({"query": query, "variables": variables, "extensions": {"purpose": self._purpose}}).encode()
        status, answer = self._ask(body)
        if status == 401:
            self._token = None  # it was revoked before its end: another one, once
            status, answer = self._ask(body)
        for error in answer.get("errors", []):
            place = f" ({'.'.join(map(str, error['path']))})" if error.get("path") else ""
            raise HubError(error.get("extensions", {}).get("code", "INTERNAL"), error["message"] + place)
        if not answer.get("data"):
            raise HubError("INTERNAL", f"HTTP {status} without data")
        return answer["data"], answer.get("extensions", {}).get("masked", [])

    @property
    def lifetime(self):
        """Seconds for which the present token may be used."""
        return round(self._until - time.monotonic()) if self._token else 0

    def token(self):
        """The present access token, or a new one."""
        if self._token and self.lifetime > MARGIN:
            return self._token
        client_id, secret = self._client
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, answer = self._send("/oauth/token", urllib.parse.urlencode(form).encode(), headers)
        if "access_token" not in answer:
            raise HubError(answer.get("error", "INTERNAL"), answer.get("error_description", f"HTTP {status} without a token"))
        self._token = answer["access_token"]
        self._until = time.monotonic() + answer.get("expires_in", 0)
        return self._token

    def _ask(self, body):
        headers = {
            "Authorization": f"Bearer {self.token()}",
            "Content-Type": "application/json",
            "Accept": "application/graphql-response+json",
        }
        return self._send("/graphql", body, headers)

    def _send(self, path, body, headers):
        """Posts; again after a while where the hub says that it is asked too often (429) or cannot answer now (503)."""
        address = urllib.parse.urljoin(self.url, path)
        request = urllib.request.Request(address, body, {**headers, "Accept-Language": "zh-CN"})
        for attempt in range(ATTEMPTS):
            try:
                with urllib.request.urlopen(request, timeout=DEADLINE) as response:
                    return response.status, parsed(response.status, response.read())
            except urllib.error.HTTPError as refusal:
                with refusal:
                    wait = seconds(refusal.headers.get("Retry-After"), 2**attempt)
                    later = refusal.code in (429, 503)
                    if not later or attempt + 1 == ATTEMPTS or wait > LONGEST_WAIT:
                        return refusal.code, parsed(refusal.code, refusal.read())
            except OSError as error:
                raise HubError("UNREACHABLE", f"{self.url}: {getattr(error, 'reason', error)}") from error
            time.sleep(wait)


def seconds(value, otherwise):
    return int(value) if value and value.isdigit() else otherwise


def parsed(status, body):
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        # Something between here and the hub answered in its place.
        raise HubError("UNREACHABLE", f"HTTP {status}, no JSON: is this the address of a hub?")
    return answer
