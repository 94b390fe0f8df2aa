#!/usr/bin/env python3
"""Follow what is transmitted of the people of an adviser, resume where one stopped, and fetch each PDF.

    python examples/follow_reports.py http://127.0.0.1:8000/graphql FOLDER [HOW MANY]

The token is read from BILANS_TOKEN. FOLDER keeps the PDFs, and the cursor of the last report that was fetched:
started again, it misses nothing and fetches nothing twice. Needs: pip install 'gql[httpx,websockets]'.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import httpx
from gql import Client, gql
from gql.transport.exceptions import TransportError
from gql.transport.websockets import WebsocketsTransport

FOLLOW = """
subscription Follow($after: String) {
  reportTransmitted(after: $after) { cursor report { id document { url fileName } } }
}"""
LONGEST_PAUSE = 60


async def main(url: str, folder: Path, most: int | None) -> None:
    """Follow until told to stop, or until so many were fetched; a connection that is lost is opened again."""
    folder.mkdir(parents=True, exist_ok=True)
    fetched, pause = 0, 1
    while most is None or fetched < most:
        try:
            fetched += await follow(url, folder, None if most is None else most - fetched)
            pause = 1
        except (TransportError, OSError, httpx.HTTPError) as error:
            print(f"connection lost ({type(error).__name__}), again in {pause} s", file=sys.stderr)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


async def follow(url: str, folder: Path, most: int | None) -> int:
    """Fetch what comes after the cursor that was kept; return how many."""
    kept, fetched = folder / "cursor", 0
    payload = {"Authorization": f"Bearer {os.environ['BILANS_TOKEN']}"}
    socket = WebsocketsTransport(url=url.replace("http", "ws", 1), init_payload=payload)
    async with Client(transport=socket) as session, httpx.AsyncClient(timeout=60) as http:
        request = gql(FOLLOW)
        request.variable_values = {"after": kept.read_text() if kept.exists() else None}
        async for told in session.subscribe(request):
            event = told["reportTransmitted"]
            document = event["report"]["document"]
            answer = (await http.get(document["url"])).raise_for_status()
            (folder / document["fileName"]).write_bytes(answer.content)
            kept.write_text(event["cursor"])  # only now: what was not kept is told again
            print(document["fileName"], flush=True)
            fetched += 1
            if fetched == most:
                break
    return fetched


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else None))  # noqa: PLR2004
