"""Control of a sandbox over HTTP: faults, snapshots, and the page for a browser."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from .page import render
from .validation import decode_body

if TYPE_CHECKING:
    from .app import Service


class Control:
    """Serves the paths below `/_sandbox`, and the page."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[BaseRoute]:
        routes: list[BaseRoute] = [
            Route("/_sandbox/faults", self.list_faults, methods=["GET"]),
            Route("/_sandbox/faults", self.add_faults, methods=["POST"]),
            Route("/_sandbox/faults", self.clear_faults, methods=["DELETE"]),
            Route("/_sandbox/snapshots", self.take_snapshot, methods=["POST"]),
            Route("/_sandbox/snapshots/{id}", self.restore_snapshot, methods=["POST"]),
            Route("/_sandbox/snapshots/{id}", self.delete_snapshot, methods=["DELETE"]),
        ]
        if all(operation.path != "/" for operation in self._service.description.operations):
            routes.append(Route("/", self.page, methods=["GET"]))
        return routes

    async def list_faults(self, request: Request) -> Response:
        await self._service.admit(request)
        return JSONResponse({"data": self._service.faults.to_json()})

    async def add_faults(self, request: Request) -> Response:
        await self._service.admit(request)
        return JSONResponse({"data": self._service.faults.add_all(decode_body(await request.body()))}, 201)

    async def clear_faults(self, request: Request) -> Response:
        await self._service.admit(request)
        self._service.faults.clear()
        return Response(status_code=204)

    async def take_snapshot(self, request: Request) -> Response:
        await self._service.admit(request)
        return JSONResponse({"id": self._service.snapshots.take()}, 201)

    async def restore_snapshot(self, request: Request) -> Response:
        await self._service.admit(request)
        self._service.snapshots.restore(request.path_params["id"])
        return Response(status_code=204)

    async def delete_snapshot(self, request: Request) -> Response:
        await self._service.admit(request)
        self._service.snapshots.delete(request.path_params["id"])
        return Response(status_code=204)

    async def page(self, request: Request) -> Response:
        """Show the state and the latest requests; needs no API key, and shows none."""
        service = self._service
        faults = service.faults.to_json()
        notes = [
            f"{len(service.description.operations)} operations, behaviour {service.behaviour}.",
            f"Faults in force: {json.dumps(faults)}" if faults else "No faults in force.",
        ]
        return render("Grinfi sandbox", service.store.counts(), service.received()[::-1], notes)
