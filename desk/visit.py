"""One request of one person: asks the schema in their name, and answers with a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from desk.forms import SentForm
from desk.french import PARIS, day_of
from desk.stopping import Stopped
from desk.templating import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from credentials.sessions import Sessions, SignedIn
    from credentials.signing_in import OpenIDProvider
    from desk.asking import Door
    from desk.assets import Assets
    from desk.file_places import FilePlaces
    from desk.page_turns import PageTurns
    from desk.people import Person


@dataclass(frozen=True, slots=True)
class Desk:
    """What all pages work with; `service/desk.py` makes one at the start."""

    door: Door
    sessions: Sessions
    assets: Assets
    said: Mapping[str, object]
    """The values that every template may use: addresses of assets, menus, the name of the employment service."""
    headers: Mapping[str, str]
    public_url: str
    now: Callable[[], datetime]
    turns: PageTurns
    file_places: FilePlaces
    prefix: str = ""
    """The path of the public address (`/bilans` of `https://HOST/bilans`), put before every path; usually empty."""
    people: Sequence[Person] = ()
    providers: Sequence[OpenIDProvider] = ()

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; browsers accept the prefix `__Host-` over TLS only (RFC 6265bis)."""
        return "__Host-bureau" if self.tls else "bureau"

    def provider(self, name: str) -> OpenIDProvider | None:
        """Return the identity provider of that name; None where there is none."""
        return next((each for each in self.providers if each.name == name), None)

    @property
    def tls(self) -> bool:
        """Whether people reach the desk over TLS."""
        return self.public_url.startswith("https://")


@dataclass(slots=True)
class Visit:
    """One request. `form` is what was sent with it, `menu` the path of the menu entry that is marked on its page."""

    desk: Desk
    request: Request
    session: SignedIn | None
    menu: str = ""
    form: SentForm = field(default_factory=SentForm)
    fresh: SignedIn | None = None
    """The session that replaces the browser's: its token was renewed during this request."""
    own_form: bool = False
    """Whether the form was made for this person: what was typed in it may be shown to them."""
    account: str = ""
    """The account to which the service counts this work; empty until the schema was asked."""

    async def ask(self, operation: str, **variables: object) -> dict[str, Any]:
        """Run an operation in the person's name and return its data.

        Raises Stopped: 401 without a session, otherwise as `Door.ask` (401, 429, 500, 503).
        """
        if self.session is None:
            raise Stopped(401)
        asked, session = self.request, self.session
        return await self.desk.door.ask(
            asked.scope,
            asked.receive,
            session.token,
            operation,
            variables,
            organization=session.organization,
            on_account=self._is_of,
        )

    async def node(self, operation: str, identifier: str, **variables: object) -> dict[str, Any]:
        """Run an operation that reads `node(id:)` and return its data; raises Stopped (404) where it is null."""
        data = await self.ask(operation, id=identifier, **variables)
        if not data["node"]:
            raise Stopped.absent()
        return data

    @property
    def path(self) -> str:
        """The path of this page, as in `routes.py`: without the path of the public address."""
        return str(self.request.scope["path"])

    @property
    def date(self) -> str:
        """Today in Paris, as the schema writes days: 2026-11-25."""
        return self.desk.now().astimezone(PARIS).date().isoformat()

    @property
    def today(self) -> str:
        """Today in Paris, as pages write days: 25/11/2026."""
        return day_of(self.desk.now().isoformat())

    @property
    def wants_json(self) -> bool:
        """Whether a script of the page asks (`Accept: application/json`): it shows a line, and wants no page."""
        return "application/json" in self.request.headers.get("Accept", "")

    def query(self, name: str) -> str:
        """Return a parameter of the address, without the spaces around it; empty where there is none."""
        return self.request.query_params.get(name, "").strip()

    def part(self, name: str) -> str:
        """Return a variable part of the path, by its name in `routes.py`."""
        return str(self.request.path_params[name])

    def address(self, **changes: str | None) -> str:
        """Return this page's path and query with parameters changed; None removes one."""
        kept = {name: value for name, value in self.request.query_params.items() if value and name not in changes}
        wanted = kept | {name: value for name, value in changes.items() if value}
        return f"{self.path}?{urlencode(wanted)}" if wanted else self.path

    def seal(self, purpose: str, content: object) -> str:
        """Encrypt what the page keeps in its address or in a field, where no name may be read.

        The same `purpose` and the same account open it again. `content` is any JSON.
        """
        return self.desk.sessions.seal(f"{purpose}:{self._account}", content)

    def opened(self, purpose: str, sealed: str) -> Any:  # noqa: ANN401 - any JSON
        """Decrypt what `seal` made for this person and purpose; None for anything else."""
        return self.desk.sessions.open(f"{purpose}:{self._account}", sealed) if sealed else None

    def page(
        self,
        template: str,
        *,
        title: str,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **shown: object,
    ) -> Response:
        """Render a page. `title` is its heading, and the title of its tab unless `shown` has `tab`.

        A tab's title stays in the browser's history: it may not name a person.
        """
        token = self.desk.sessions.form_token(self._account)
        common = {
            "visit": self,
            "base_path": self.desk.prefix,
            "who": self.session,
            "form_token": token,
            "title": title,
            "tab": title,
        }
        values = {**self.desk.said, **common, **shown}
        return _Page(self, partial(_rendered, template, values), status, {**self.desk.headers, **(headers or {})})

    def go(self, address: str) -> Response:
        """Redirect the browser, by GET (303), to a path of the desk or to another address."""
        address = f"{self.desk.prefix}{address}" if address.startswith("/") else address
        return RedirectResponse(address, 303, headers=self.desk.headers)

    def _is_of(self, account: str) -> None:
        self.account = account

    @property
    def _account(self) -> str:
        return self.session.acts_as if self.session else ""


class _Page(Response):
    """A page that is rendered while it is sent, in the turn of its account; at once where no account is known."""

    media_type = "text/html"

    def __init__(self, visit: Visit, render: Callable[[], str], status: int, headers: Mapping[str, str]) -> None:
        super().__init__(None, status, headers)
        self._visit = visit
        self._render = render

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Render, then answer."""
        account = self._visit.account
        html = await self._visit.desk.turns.rendered(account, self._render) if account else self._render()
        self.body = html.encode()
        self.headers["Content-Length"] = str(len(self.body))
        await super().__call__(scope, receive, send)


def _rendered(template: str, values: Mapping[str, Any]) -> str:
    return TEMPLATES.get_template(template).render(values)
