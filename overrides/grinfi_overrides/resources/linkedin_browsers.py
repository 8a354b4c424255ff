"""LinkedIn browsers: one that nobody has logged in to must not be run."""

from __future__ import annotations

from grinfi_async._runtime.errors import InvalidArgumentError
from grinfi_async.resources import linkedin_browsers as generated

__all__ = ["LinkedInBrowsersResource"]


class LinkedInBrowsersResource(generated.LinkedInBrowsersResource):
    __doc__ = generated.LinkedInBrowsersResource.__doc__

    async def run(self, id: int, *, force: bool = False) -> None:
        if not force and (await self.get(id)).linkedin_account_uuid is None:
            raise InvalidArgumentError(
                "id",
                f"nobody has logged in to browser {id} yet, and running it would put it into login_issue; let its "
                "owner log in by the link of generate_access_key, which starts it, or pass force=True",
            )
        await super().run(id)

    run.__doc__ = generated.LinkedInBrowsersResource.run.__doc__
