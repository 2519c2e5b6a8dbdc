"""Templates that are compiled once: both languages, and every console of this process, run the same code."""

from jinja2.bccache import Bucket, BytecodeCache


class Compiled(BytecodeCache):
    """In memory; a template whose source has changed is compiled anew."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if kept := self._kept.get(bucket.key):
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()
