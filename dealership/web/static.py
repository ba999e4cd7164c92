"""The browser's packages: just the named files of `node_modules` are served, under `vendor/`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage

# Served path → path in node_modules. The manifest storage follows every `url()` and source map
# that a file names, so those are listed too, wanted by a browser or not.
FILES = {
    "vendor/tabler/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/tabler/tabler.min.css.map": "@tabler/core/dist/css/tabler.min.css.map",
    "vendor/tabler/tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "vendor/tabler/tabler.min.js.map": "@tabler/core/dist/js/tabler.min.js.map",
    "vendor/icons/tabler-icons.min.css": "@tabler/icons-webfont/dist/tabler-icons.min.css",
    "vendor/icons/fonts/tabler-icons.woff2": "@tabler/icons-webfont/dist/fonts/tabler-icons.woff2",
    "vendor/icons/fonts/tabler-icons.woff": "@tabler/icons-webfont/dist/fonts/tabler-icons.woff",
    "vendor/icons/fonts/tabler-icons.ttf": "@tabler/icons-webfont/dist/fonts/tabler-icons.ttf",
    "vendor/sortable/sortable.esm.js": "sortablejs/modular/sortable.esm.js",
}


class PackageStorage(FileSystemStorage):
    """A read-only view of `node_modules` under the served names."""

    def path(self, name: str) -> str:
        return str(packages() / FILES[Path(name).as_posix()])


class PackageFinder(BaseFinder):
    """Finds the files of `FILES` and nothing else that npm installs."""

    storage = PackageStorage()

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        missing = [source for source in FILES.values() if not (packages() / source).is_file()]
        if not missing:
            return []
        return [
            Error(
                f"{len(missing)} browser files are missing, the first is {missing[0]}.",
                hint="Run `npm ci` (or `make setup`).",
                id="web.E001",
            )
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        if path not in FILES or not Path(self.storage.path(path)).is_file():
            return []
        found = self.storage.path(path)
        return [found] if find_all else found

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        for path in FILES:
            if Path(self.storage.path(path)).is_file():
                yield path, self.storage


def packages() -> Path:
    return Path(settings.BASE_DIR) / "node_modules"
