"""Reads BagIt bags, RFC 8493 and the drafts before it, strictly and without trusting them.

All manifests and tag manifests are compared, every listed file is read once, and nothing is ever fetched: a bag with a
``fetch.txt`` is not whole and is refused as such.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jingui.formats.digests import ALGORITHMS as KNOWN
from jingui.formats.digests import Hasher, new_hasher
from jingui.formats.handover import bag_tags
from jingui.formats.handover.bag_tags import DECLARATION, FETCH, INFO_NAMES, PAYLOAD, Declaration, Manifest
from jingui.formats.handover.problems import problem

if TYPE_CHECKING:
    from jingui.domain.errors import Problem
    from jingui.formats.handover.trees import Tree

ALGORITHMS = {
    "md5": "md5", "sha1": "sha1", "sha224": "sha224", "sha256": "sha256", "sha384": "sha384", "sha512": "sha512",
    "sha3224": "sha3_224", "sha3256": "sha3_256", "sha3384": "sha3_384", "sha3512": "sha3_512", "sm3": "sm3",
}  # fmt: skip
"""Digests that are compared: names as RFC 8493 §2.4 writes them, and as they are computed."""
WEAK = frozenset({"md5", "sha1"})
MAX_TAG_BYTES = 64 << 20
_FETCH_PARTS = 3  # RFC 8493 §2.2.3: URL, length, path
_OXUM = re.compile(r"(\d{1,18})\.(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Bag:
    """What a bag holds and what is wrong with it.

    ``payload`` and ``tags``: SHA-256 by path, of the files that a manifest lists and that were read; ``stated``: every
    digest that was compared, by path and algorithm.
    """

    version: str = ""
    info: tuple[tuple[str, str], ...] = ()
    payload: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    stated: dict[str, dict[str, str]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Whether the bag is complete and every digest agrees."""
        return not self.problems


def read_bag(tree: Tree) -> Bag:
    """Check a whole bag. Reads every file once; memory grows with the number of files only."""
    if tree.problems:
        return Bag(problems=tree.problems)
    if DECLARATION not in tree.sizes:
        return Bag(problems=(problem("bag_declaration_missing", DECLARATION),))
    declared = _declaration(tree)
    if not isinstance(declared, Declaration):
        return Bag(problems=(declared,))
    return _Reader(tree, declared).read()


def _declaration(tree: Tree) -> Declaration | Problem:
    try:
        return bag_tags.read_declaration(tree.read(DECLARATION, limit=MAX_TAG_BYTES))
    except (OSError, ValueError, OverflowError) as error:
        return problem("package_unreadable", DECLARATION, detail=error)


class _Reader:
    """The state of one check."""

    def __init__(self, tree: Tree, declared: Declaration) -> None:
        self.tree, self.declared = tree, declared
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.digests: dict[str, str] = {}
        self.stated: dict[str, dict[str, str]] = {}

    def read(self) -> Bag:
        manifests = self._manifests()
        info = self._info()
        self._look_at_shape(manifests)
        checked = [manifest for manifest in manifests if manifest.algorithm in ALGORITHMS]
        wanted = {manifest.name: self._matched(manifest) for manifest in checked}
        self._look_for_unlisted(checked, wanted)
        self._digest(checked, wanted)
        self._look_at_oxum(info)
        payload = {path: digest for path, digest in self.digests.items() if path.startswith(PAYLOAD)}
        tags = {path: digest for path, digest in self.digests.items() if path not in payload}
        problems, warnings = tuple(self.problems), tuple(self.warnings)
        return Bag(self.declared.version, tuple(info), payload, tags, self.stated, problems, warnings)

    def _text(self, path: str) -> str:
        """Decode a tag file; what goes wrong becomes a problem and an empty text."""
        encoding = self.declared.encoding
        try:
            return self.tree.read(path, limit=MAX_TAG_BYTES).decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            self.problems.append(problem("bag_tag_file_undecodable", path, encoding=encoding))
        except OverflowError:
            self.problems.append(problem("bag_tag_file_too_large", path, limit=MAX_TAG_BYTES))
        except (OSError, ValueError) as error:
            self.problems.append(problem("package_unreadable", path, detail=error))
        return ""

    def _manifests(self) -> list[Manifest]:
        named = (bag_tags.manifest_of_name(path) for path in sorted(self.tree.sizes))
        found = [manifest for manifest in named if manifest is not None]
        for manifest in found:
            bag_tags.read_manifest(manifest, self._text(manifest.name), is_final=self.declared.is_final)
            self.problems += manifest.problems
            self.warnings += manifest.warnings
            if manifest.algorithm not in ALGORITHMS:
                code = problem("bag_algorithm_not_checked", manifest.name, algorithm=manifest.algorithm)
                self.warnings.append(code)
        return found

    def _info(self) -> list[tuple[str, str]]:
        name = next((name for name in INFO_NAMES if name in self.tree.sizes), None)
        if name is None:
            return []
        pairs, faults = bag_tags.read_info(self._text(name), name)
        self.problems += faults
        return pairs

    def _look_at_shape(self, manifests: list[Manifest]) -> None:
        algorithms = {manifest.algorithm for manifest in manifests if not manifest.is_tag}
        known = algorithms & set(ALGORITHMS)
        if not known:
            self.problems.append(problem("bag_without_manifest"))
        elif known <= WEAK:
            self.warnings.append(problem("bag_algorithm_weak", algorithm=", ".join(sorted(known))))
        if not any(path.startswith(PAYLOAD) for path in self.tree.sizes) and self._payload_listed(manifests):
            self.problems.append(problem("bag_without_payload_folder", PAYLOAD))
        if FETCH in self.tree.sizes:
            self._look_at_fetch()

    def _look_at_fetch(self) -> None:
        """What is listed to be fetched must be there already, in its place; then the list is of no more use."""
        entries = [line.split(None, 2) for line in self._text(FETCH).splitlines() if line.strip()]
        paths = [entry[2].strip() for entry in entries if len(entry) == _FETCH_PARTS]
        for path in paths:
            if bag_tags.leads_outside(path):
                self.problems.append(problem("bag_manifest_path_unsafe", FETCH, path=path))
        missing = [
            path
            for path in paths
            if self._place_of(bag_tags.unescaped(path), Manifest(FETCH, "", is_tag=False)) is None
        ]
        if missing or len(paths) != len(entries):
            self.problems.append(problem("bag_to_be_fetched", FETCH))
        else:
            self.warnings.append(problem("bag_fetch_not_needed", FETCH))

    @staticmethod
    def _payload_listed(manifests: list[Manifest]) -> bool:
        return any(manifest.digests for manifest in manifests if not manifest.is_tag)

    def _matched(self, manifest: Manifest) -> dict[str, str]:
        """Return the digests a manifest wants by the path that is there; missing and doubled files are problems."""
        wanted: dict[str, str] = {}
        for listed, digest in manifest.digests.items():
            path = self._place_of(listed, manifest)
            if path is None:
                self.problems.append(problem("bag_file_missing", listed, manifest=manifest.name))
            elif wanted.setdefault(path, digest) != digest:
                self.problems.append(problem("bag_path_listed_twice", manifest.name, path=listed))
        return wanted

    def _place_of(self, listed: str, manifest: Manifest) -> str | None:
        if listed in self.tree.sizes:
            return listed
        for form in ("NFC", "NFD"):
            other = unicodedata.normalize(form, listed)
            if other in self.tree.sizes:
                self.warnings.append(problem("bag_path_normalised", manifest.name, path=listed))
                return other
        return None

    def _look_for_unlisted(self, manifests: list[Manifest], wanted: dict[str, dict[str, str]]) -> None:
        lists = [(manifest, wanted[manifest.name]) for manifest in manifests if not manifest.is_tag]
        for path in self.tree.sizes:
            if not path.startswith(PAYLOAD):
                continue
            without = [manifest.algorithm for manifest, listed in lists if path not in listed]
            if lists and len(without) == len(lists):
                self.problems.append(problem("bag_file_in_no_manifest", path))
            elif without and self.declared.is_final:
                # RFC 8493 §2.1.3: every manifest lists every payload file; the drafts asked for one of them.
                self.problems.append(problem("bag_file_not_in_every_manifest", path, algorithm=", ".join(without)))

    def _digest(self, manifests: list[Manifest], wanted: dict[str, dict[str, str]]) -> None:
        """Read each listed file once, with all the digests that are asked of it."""
        asked: dict[str, list[tuple[str, str]]] = {}
        for manifest in manifests:
            for path, digest in wanted[manifest.name].items():
                asked.setdefault(path, []).append((manifest.algorithm, digest))
        for path, digests in asked.items():
            found = self._digests_of(path, {"sha256", *(ALGORITHMS[name] for name, _ in digests)})
            if found is None:
                continue
            self.digests[path] = found["sha256"]
            self.stated[path] = found
            self.problems += _differences(path, digests, found)

    def _digests_of(self, path: str, names: Iterable[str]) -> dict[str, str] | None:
        hashers = {name: _hasher(name) for name in names}
        try:
            for block in self.tree.blocks(path):
                for hasher in hashers.values():
                    hasher.update(block)
        except (OSError, ValueError) as error:
            self.problems.append(problem("package_unreadable", path, detail=error))
            return None
        return {name: hasher.hexdigest() for name, hasher in hashers.items()}

    def _look_at_oxum(self, info: list[tuple[str, str]]) -> None:
        sizes = [size for path, size in self.tree.sizes.items() if path.startswith(PAYLOAD)]
        found = f"{sum(sizes)}.{len(sizes)}"
        for value in (value for label, value in info if label.lower() == "payload-oxum"):
            stated = _OXUM.fullmatch(value)
            if stated is None:
                self.problems.append(problem("bag_oxum_malformed", value=value))
            elif (int(stated[1]), int(stated[2])) != (sum(sizes), len(sizes)):
                self.problems.append(problem("bag_oxum_wrong", expected=value, found=found))


def _hasher(name: str) -> Hasher:
    return new_hasher(name) if name in KNOWN else hashlib.new(name, usedforsecurity=False)


def _differences(path: str, digests: Iterable[tuple[str, str]], found: dict[str, str]) -> Iterator[Problem]:
    for algorithm, expected in digests:
        actual = found[ALGORITHMS[algorithm]]
        if actual != expected:
            yield problem("bag_digest_wrong", path, algorithm=algorithm, expected=expected, found=actual)
