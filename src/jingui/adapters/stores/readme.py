"""The text that lies in the storage root for whoever finds it without the software."""

from __future__ import annotations

import hashlib

README = "README.md"

README_TEXT = """\
# 电子文件长期保存库 · Preservation store

本文件夹按开放标准 OCFL 1.1（https://ocfl.io/1.1/spec/）存放归档电子文件，不依赖任何软件即可阅读和校验。

- 每个对象（一件归档）占一个文件夹，位置由对象标识符的 SHA-256 前九位决定（3/3/3），文件夹名即对象标识符
  （特殊字符以 % 编码），见 `ocfl_layout.json`。
- 对象文件夹内 `v1`、`v2`…… 是各版本，原件在 `v1/content` 等文件夹中，文件名未经改动。
- `inventory.json` 列出每个版本的文件及其 SHA-512；`fixity` 一节另列 SHA-256。
  `inventory.json.sha512` 是清单自身的 SHA-512。
- 校验：在对象文件夹内运行 `sha512sum -c inventory.json.sha512`，再将各文件的 SHA-512 与清单比对。
- 新材料只增加新版本，从不覆盖旧版本。请勿手工修改、改名或增删任何文件。

This folder holds archived electronic records by the open standard OCFL 1.1 (https://ocfl.io/1.1/spec/). It can be read
and checked without any particular software.

- Each object is one folder. Its place follows from the first nine digits of the SHA-256 of its identifier, and its
  name is that identifier, percent-encoded; see `ocfl_layout.json`.
- `v1`, `v2` … in an object are its versions; the original files lie in `v1/content` and so on, under their own names.
- `inventory.json` lists the files of every version with their SHA-512; its `fixity` section adds SHA-256.
  `inventory.json.sha512` holds the SHA-512 of the inventory itself.
- To check: run `sha512sum -c inventory.json.sha512` in an object's folder, then compare the SHA-512 of each file.
- Later material makes a new version and never overwrites an older one. Do not change, rename, add or remove files.
"""

README_DIGESTS = frozenset({hashlib.sha512(README_TEXT.encode()).hexdigest()})
"""Digests of every text that was ever written here: when the text changes, the old one's digest stays in this set."""
