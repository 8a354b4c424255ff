# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
from __future__ import annotations

import builtins
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from grinfi_overrides.runtime.codec import Row
from grinfi_overrides.runtime.codecs import INTEGER, OBJECT, STRING, Array, ModelOf, Nullable
from grinfi_overrides.runtime.requests import ExtraBody, json_body, path_text
from grinfi_overrides.runtime.responses import read_json, read_list, read_model
from grinfi_overrides.runtime.times import DATE_TIME
from grinfi_overrides.runtime.unset import UNSET, Unset
from grinfi_support.raw_responses import RawMethod, RawMethods
from grinfi_support.resource import Resource

from ..models.contact_source import ContactSource, ContactSourceDict
from ..models.flow_node import FlowNode, FlowNodeDict
from ..models.flow_version import FlowVersion
from ..models.node_edge import NodeEdge, NodeEdgeDict
from ..operations import OPERATIONS

__all__ = ["FlowVersionsResource"]


class FlowVersionsResource(Resource):
    """Versions of automation flows. A flow has at least one version, and a version is a snapshot of the contact
    sources and the node tree that never changes. Activating a version puts it in place of the configuration that is
    running.
    """

    @property
    def with_raw_response(self) -> _WithRawResponse:
        """The same operations, which return a `RawResponse`: status, headers and request id with the result."""
        return _WithRawResponse(self)

    async def list(self, flow_uuid: str | UUID) -> builtins.list[FlowVersion]:
        """List a flow's saved versions.

        Returns every saved version of the flow; each one is a snapshot that cannot be changed.

        GET /flows/api/flows/{flowUuid}/flow-versions

        Args:
            flow_uuid: UUID of the automation.

        Returns:
            All versions of the flow.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            GrinfiError: The request failed in another way.
        """
        return read_list(
            await self._client.send(
                OPERATIONS["listFlowVersions"], f"/flows/api/flows/{path_text('flow_uuid', flow_uuid)}/flow-versions"
            ),
            ModelOf(lambda: FlowVersion),
        )

    async def create(
        self,
        flow_uuid: str | UUID,
        *,
        nodes: Sequence[FlowNode | FlowNodeDict | Row],
        contact_sources: Sequence[ContactSource | ContactSourceDict | Row],
        first_common_node_id: int | Unset | None = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> Any:
        """Save a new flow version.

        Stores the node tree and contact sources of the flow as a new version (a snapshot). Saved versions cannot be
        changed; the running configuration is replaced when another version is activated.

        The whole tree is checked first, and all its faults are reported at once. Nodes without `before` or `after`
        get `[]`, those without timestamps the current time. `FlowBuilder` makes trees that pass.

        POST /flows/api/flows/{flowUuid}/flow-versions

        Args:
            flow_uuid: UUID of the automation.
            nodes: The steps of the flow: an ordered list of nodes that `before`/`after` edges join into a tree. The
                `flow-node` schema defines the shape of a node and the payload for each `type`.
                - Each branch has to finish in an `end` node; a flow may contain several of them.
                - Branches that rejoin must do so before they end. Put the id of the node where they meet in
                  `first_common_node_id`.
                - **`created_at` and `updated_at` timestamps are mandatory on every node**; `validate-node`, in
                  contrast, does not ask for them.
            contact_sources: Defines who enters the flow; each entry follows the `contact-source` schema. **At least
                one source is mandatory**: an empty array gets a `422` ("The contact sources field is required.",
                confirmed in production on 2026-07-05). If the version has no audience yet, pass a single default
                source that has `sender_profiles: []` and an `after_id` equal to the id of the tree's entry node;
                the backend itself generates a source of this shape for every new flow shell.
            first_common_node_id: Id of the node at which all branches first come together. The web editor fills it
                in for layout purposes, and a linear tree may have `null` here. If you save a version that was read
                from the API, send this value back with it. None is sent as null.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The flow version has been created. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["createFlowVersion"],
                f"/flows/api/flows/{path_text('flow_uuid', flow_uuid)}/flow-versions",
                json=json_body(
                    required={
                        "nodes": (nodes, Array(ModelOf(lambda: FlowNode))),
                        "contact_sources": (contact_sources, Array(ModelOf(lambda: ContactSource), min_items=1)),
                    },
                    optional={"first_common_node_id": (first_common_node_id, Nullable(INTEGER))},
                    extra=extra_body,
                ),
            )
        )

    async def get(self, uuid: str | UUID) -> FlowVersion:
        """Retrieve flow version by UUID.

        Returns the flow version with the given UUID.

        GET /flows/api/flow-versions/{uuid}

        Args:
            uuid: UUID of the resource.

        Returns:
            The requested flow version.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: The requested resource does not exist.
            GrinfiError: The request failed in another way.
        """
        return read_model(
            await self._client.send(
                OPERATIONS["getFlowVersion"], f"/flows/api/flow-versions/{path_text('uuid', uuid)}"
            ),
            FlowVersion,
        )

    async def delete(self, uuid: str | UUID) -> None:
        """Delete flow version by UUID.

        Deletes a flow version for good. This is refused for a version that is active.

        DELETE /flows/api/flow-versions/{uuid}

        Args:
            uuid: UUID of the resource.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            NotFoundError: The requested resource does not exist.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(OPERATIONS["deleteFlowVersion"], f"/flows/api/flow-versions/{path_text('uuid', uuid)}")

    async def validate_node(
        self,
        *,
        id: int,
        type: str,
        before: Sequence[NodeEdge | NodeEdgeDict | Row] | Unset = UNSET,
        after: Sequence[NodeEdge | NodeEdgeDict | Row] | Unset = UNSET,
        automation: str | Unset = UNSET,
        payload: Mapping[str, Any] | Unset = UNSET,
        delay_in_seconds: int | Unset = UNSET,
        created_at: dt.datetime | Unset | None = UNSET,
        updated_at: dt.datetime | Unset | None = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> None:
        """Check a single flow node.

        Checks the configuration of one node and stores nothing, which makes it a handy pre-flight step for code
        that builds flows. The body is the **node object exactly as it would appear in a flow version** (schema
        `flow-node`).

        **Mandatory fields:** `id`, `type`, `before`, `after`. Always send both edge arrays, `before` and `after`,
        with `[]` if there are no edges: leaving them out currently triggers a server error where a validation error
        would be expected.

        **`id` has to be an integer**; a string is not accepted. The configuration of the node goes in the `payload`
        object, and `automation` is set to the string `"auto"`.

        For a valid node the response is **`204 No Content`**, with an empty body.

        POST /flows/api/flow-versions/validate-node

        Args:
            id: Integer id of the node; no other node of the flow version may have the same one.
            type: Type of the node, one of those in the table of the `flow-node` schema.
            before: Edges leading into the node; none by default.
            after: Edges leading out of the node; none by default.
            automation: Constant: the string `"auto"`.
            payload: Configuration of the node: an object shaped according to `type` (see the table of the
                `flow-node` schema), or `[]` when the type takes no configuration.
            delay_in_seconds: Seconds to wait after the previous step before running this node, e.g. `7200` for 2h
                or `86400` for 1 day; with `0` it runs immediately.
            created_at: ISO-8601 timestamp. **`createFlowVersion` requires it on every node it saves**; give new
                nodes the current time. `validate-node` works without it. Must have a time zone. None is sent as
                null.
            updated_at: Like `created_at`, required by `createFlowVersion` when it saves a node. Must have a time
                zone. None is sent as null.
            extra_body: Additional fields, which are sent in the body as they are.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        await self._client.send(
            OPERATIONS["validateFlowNode"],
            "/flows/api/flow-versions/validate-node",
            json=json_body(
                required={"id": (id, INTEGER), "type": (type, STRING)},
                optional={
                    "before": (before, Array(ModelOf(lambda: NodeEdge))),
                    "after": (after, Array(ModelOf(lambda: NodeEdge))),
                    "automation": (automation, STRING),
                    "payload": (payload, OBJECT),
                    "delay_in_seconds": (delay_in_seconds, INTEGER),
                    "created_at": (created_at, Nullable(DATE_TIME)),
                    "updated_at": (updated_at, Nullable(DATE_TIME)),
                },
                extra=extra_body,
            ),
        )

    async def validate_contact_source(
        self,
        *,
        id: int,
        type: str | Unset = UNSET,
        options: Mapping[str, Any] | Unset = UNSET,
        extra_body: ExtraBody = UNSET,
    ) -> Any:
        """Check a contact source.

        Checks the configuration of a contact source and saves nothing.

        POST /flows/api/flow-versions/validate-contact-source

        Args:
            id: Integer id of the contact source.
            type: Text.
            options: A mapping.
            extra_body: Additional fields, which are sent in the body as they are.

        Returns:
            The contact source passed validation. The JSON that the server sent; None if it sent none.

        Raises:
            InvalidArgumentError: An argument cannot be sent.
            UnprocessableEntityError: The request failed validation.
            GrinfiError: The request failed in another way.
        """
        return read_json(
            await self._client.send(
                OPERATIONS["validateContactSource"],
                "/flows/api/flow-versions/validate-contact-source",
                json=json_body(
                    required={"id": (id, INTEGER)},
                    optional={"type": (type, STRING), "options": (options, OBJECT)},
                    extra=extra_body,
                ),
            )
        )


class _WithRawResponse(RawMethods):
    list = RawMethod(FlowVersionsResource.list)
    create = RawMethod(FlowVersionsResource.create)
    get = RawMethod(FlowVersionsResource.get)
    delete = RawMethod(FlowVersionsResource.delete)
    validate_node = RawMethod(FlowVersionsResource.validate_node)
    validate_contact_source = RawMethod(FlowVersionsResource.validate_contact_source)
