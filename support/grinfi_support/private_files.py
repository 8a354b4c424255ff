"""Files that only their owner may read. They are written under another name, and moved to their place when complete.

replacing("report.csv")
    .report.csv.1a2b3c4d.part     created with mode 600; never through a link that somebody else put there
    fsync                         the content is on disk before the name is
    rename -> report.csv          readers see the old file or the new one, nothing in between
    fsync of the folder           the new name survives a power failure
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final
from uuid import uuid4

__all__ = ["create", "create_new", "place_of", "put_in_place", "reopen", "replacing"]

OWNER_ONLY: Final = 0o600
# Windows has no O_NOFOLLOW, and needs O_BINARY.
FLAGS: Final = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def place_of(path: str | os.PathLike[str]) -> Path:
    """The path of a file that exists or will be created. A symbolic link is followed: its target will be replaced.

    Raises:
        OSError: It is not a path, not a regular file, or its folder does not exist.
    """
    try:
        place = Path(os.path.realpath(path))
    except ValueError as error:
        raise OSError(errno.EINVAL, "it is not a path", os.fspath(path)) from error
    try:
        mode = place.lstat().st_mode
    except FileNotFoundError:
        if place.name and place.parent.is_dir():
            return place
        raise FileNotFoundError(errno.ENOENT, "there is no such folder", str(place.parent)) from None
    if stat.S_ISREG(mode):
        return place
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(place))
    if stat.S_ISLNK(mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(place))
    raise OSError(errno.EINVAL, "it is not a regular file", str(place))


def create_new(path: Path) -> BinaryIO:
    """Create a file that only its owner may read, with any umask.

    Raises:
        FileExistsError: There is a file or a link with this name.
        OSError: It cannot be created.
    """
    descriptor = os.open(path, FLAGS | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, OWNER_ONLY)  # the umask may have removed bits
    return os.fdopen(descriptor, "w+b")


def create(path: Path) -> BinaryIO:
    """Create a file, and replace what has its name. A link is removed, not followed."""
    path.unlink(missing_ok=True)
    return create_new(path)


def reopen(path: Path) -> BinaryIO:
    """Open a file that `create` made, for reading and writing.

    Raises:
        OSError: It does not exist, or is a link or another special file.
    """
    file = os.fdopen(os.open(path, FLAGS), "r+b")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "it is not a regular file", str(path))
    return file


def put_in_place(file: BinaryIO, path: Path, place: Path) -> None:
    """Close a complete file, and move it to its place. Afterwards it survives a power failure.

    Args:
        file: The open file.
        path: Its current path.
        place: Its new path, in the same folder.

    Raises:
        OSError: It cannot be written or moved, or another file has taken its path.
    """
    with file:
        file.flush()
        os.fsync(file.fileno())
        if not os.path.samestat(os.fstat(file.fileno()), path.lstat()):
            raise OSError(errno.ESTALE, "another file took its place while it was written", str(path))
    path.replace(place)
    if hasattr(os, "O_DIRECTORY"):  # Windows cannot sync a folder
        folder = os.open(place.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Generator[BinaryIO]:
    """A new file, which replaces the one at `path` when the block ends. After an error, nothing has changed.

    Raises:
        OSError: It cannot be written.
    """
    place = place_of(path)
    beside = place.with_name(f".{place.name[:50]}.{uuid4().hex[:8]}.part")
    file = create_new(beside)
    try:
        with file:
            yield file
            put_in_place(file, beside, place)
    except BaseException:
        with suppress(FileNotFoundError):
            beside.unlink()
        raise
