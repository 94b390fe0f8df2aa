"""Where calls go and where they do not: public servers only, whatever a name says the second time."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from domain.webhook import Answer, WebhookFailure
from outbound.sending import Sender
from outbound.signing import Message
from outbound.targets import Forbidden, Targets, is_public
from tests.webhooks.receiver import Receiver, receiving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

MESSAGE = Message({"webhook-id": "1"}, b"{}")
NAME = "bureau.example.fr"
PRIVATE = [
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104 - refused
    "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "2002:a00:1::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1", "2001::1", "2001:db8::1", "3fff::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0",
    "fec0::1", "ff02::1", "5f00::1", "100::1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]


class Names:
    """A resolver that answers each question with the next of its answers."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, _: int) -> Sequence[str]:
        self.asked.append(host)
        return self._answers.pop(0)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    async with Sender(Targets(loopback=True)) as sender:
        yield sender


@pytest.mark.parametrize("address", PRIVATE)
async def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(Forbidden):
        await Targets(resolve=Names([address])).at(f"https://{NAME}/")


@pytest.mark.parametrize("address", PUBLIC)
async def test_an_address_that_is_public_is_allowed(address: str) -> None:
    assert (await Targets(resolve=Names([address])).at(f"https://{NAME}/")).addresses == [address]


async def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(Forbidden):
        await Targets(resolve=Names(["8.8.8.8", "10.0.0.1"])).at(f"https://{NAME}/")


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost/", "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f.1/",
        "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://0/", "https://nowhere.invalid/",
        "http://8.8.8.8/", "ftp://8.8.8.8/", "file:///etc/passwd", "//8.8.8.8/", "8.8.8.8", "", "https://",
        "https://user@8.8.8.8/", "https://user:secret@8.8.8.8/", "https://8.8.8.8/#part", "https://8.8.8.8:port/",
        "https://xn--zzzzzz/",
        f"https://8.8.8.8/{'a' * 2_000}", "https://\x00/", f"https://{'a' * 300}.fr/",
    ],
)  # fmt: skip
async def test_a_url_that_does_not_lead_to_a_public_server_over_https_is_refused(url: str) -> None:
    with pytest.raises(Forbidden):
        await Targets().at(url)


@given(st.text())
async def test_any_text_is_refused_or_leads_where_its_name_does(text: str) -> None:
    async def resolved(_: str, __: int) -> Sequence[str]:
        return ["8.8.8.8"]

    for url in (text, f"https://{text}", f"https://{text}/"):
        try:
            target = await Targets(resolve=resolved).at(url)
        except Forbidden:
            continue
        assert target.url.scheme == "https"
        assert httpx.Request("POST", target.url.copy_with(host="8.8.8.8")).url.host == "8.8.8.8"


@pytest.mark.parametrize("url", ["http://8.8.8.8/", "http://10.0.0.1/", "https://192.168.0.1/"])
async def test_with_loopback_allowed_nothing_else_is(url: str) -> None:
    with pytest.raises(Forbidden):
        await Targets(loopback=True).at(url)


async def test_a_name_that_turns_to_a_private_address_later_is_not_followed(receiver: Receiver) -> None:
    names = Names(["8.8.8.8"], ["127.0.0.1"])
    url = f"https://{NAME}:{receiver.port}/"
    async with Sender(Targets(resolve=names)) as sender:
        await sender.targets.at(url)  # when it was registered
        assert await sender.post(url, MESSAGE) == Answer(failure=WebhookFailure.ADDRESS)
    assert receiver.calls == []


async def test_what_was_checked_is_what_is_connected_to(receiver: Receiver) -> None:
    """The name exists nowhere: a second look-up, by the connection, would fail."""
    names = Names(["127.0.0.1"])
    async with Sender(Targets(loopback=True, resolve=names)) as sender:
        answer = await sender.post(f"http://{NAME}:{receiver.port}/", MESSAGE)
    assert answer == Answer(status=204)
    assert names.asked == [NAME]
    assert receiver.calls[0].headers["host"] == f"{NAME}:{receiver.port}"


async def test_the_next_address_is_tried_where_the_first_lets_nobody_in(receiver: Receiver) -> None:
    async with Sender(Targets(loopback=True, resolve=Names(["127.0.0.2", "::1", "127.0.0.1"]))) as sender:
        assert await sender.post(f"http://{NAME}:{receiver.port}/", MESSAGE) == Answer(status=204)


async def test_the_certificate_must_be_that_of_the_name(tmp_path: Path) -> None:
    served, trusted = tls_of(NAME, tmp_path)
    async with receiving(served) as receiver:
        for name, answer in ((NAME, Answer(status=204)), ("other.example.fr", BAD_CERTIFICATE)):
            targets = Targets(loopback=True, resolve=Names(["127.0.0.1"]))
            async with Sender(targets, trusted=trusted) as sender:
                assert await sender.post(f"https://{name}:{receiver.port}/", MESSAGE) == answer
        async with Sender(Targets(loopback=True)) as sender:
            assert await sender.post(receiver.url, MESSAGE) == BAD_CERTIFICATE
    assert len(receiver.calls) == 1


async def test_a_name_that_tls_will_not_have_is_no_address(receiver: Receiver) -> None:
    async with Sender(Targets(loopback=True, resolve=Names(["127.0.0.1"]))) as sender:
        answer = await sender.post(f"https://.example.fr:{receiver.port}/", MESSAGE)
    assert answer == Answer(failure=WebhookFailure.ADDRESS)


async def test_a_redirect_is_an_answer_that_will_not_do(sender: Sender, receiver: Receiver) -> None:
    async with receiving() as elsewhere:
        receiver.says(307, f"Location: {elsewhere.url}")
        assert await sender.post(receiver.url, MESSAGE) == Answer(failure=WebhookFailure.STATUS, status=307)
        assert elsewhere.calls == []


async def test_a_receiver_that_does_not_answer_is_left_in_time(receiver: Receiver) -> None:
    receiver.silent = True
    async with Sender(Targets(loopback=True), seconds=0.2) as sender:
        assert await sender.post(receiver.url, MESSAGE) == Answer(failure=WebhookFailure.TIMEOUT)


async def test_a_receiver_that_does_not_listen_or_talks_nonsense_is_unreachable(
    sender: Sender, receiver: Receiver
) -> None:
    receiver.answer = b"220 mail.example.fr ESMTP\r\n"
    assert await sender.post(receiver.url, MESSAGE) == Answer(failure=WebhookFailure.UNREACHABLE)
    assert await sender.post("http://127.0.0.1:1/", MESSAGE) == Answer(failure=WebhookFailure.UNREACHABLE)


async def test_an_answer_without_end_is_not_read(sender: Sender) -> None:
    sent = asyncio.Event()

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                writer.write(b"x" * 65_536)
                await writer.drain()
        except ConnectionError:
            sent.set()
        writer.close()

    server = await asyncio.start_server(pour, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        assert await sender.post(url, MESSAGE) == Answer(status=200)
        await asyncio.wait_for(sent.wait(), 10)


async def test_proxies_of_the_environment_are_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with Sender(Targets(loopback=True)) as sender:
        assert await sender.post(receiver.url, MESSAGE) == Answer(status=204)


BAD_CERTIFICATE = Answer(failure=WebhookFailure.CERTIFICATE)


def tls_of(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Make what serves TLS as a name (and not as 127.0.0.1), and what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "tls.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(file)
    return served, ssl.create_default_context(cafile=str(file))
