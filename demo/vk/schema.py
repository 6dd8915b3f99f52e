"""Judge answers by VK's own JSON schema (VKCOM/vk-api-schema, MIT), read from a folder we do not ship.

For tests: it needs jsonschema, which the product itself does not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from demo.vk.items import Json

BASE = "http://vk.schema/"  # an http address: relative references inside do not survive a scheme of our own


class VkSchema:
    """One folder of `<section>/{methods,objects,responses}.json`. Loading takes a moment: keep it."""

    def __init__(self, folder: Path) -> None:
        """Raises FileNotFoundError when the folder holds no schema."""
        self.methods: dict[str, Json] = {}
        resources: list[tuple[str, Resource[Any]]] = []  # Any: referencing's word for a schema
        for path in sorted(folder.glob("*/*.json")):
            content = json.loads(path.read_text("utf-8"))
            if path.name == "methods.json":
                self.methods |= {method["name"]: method for method in content["methods"]}
            else:
                resources.append((BASE + path.relative_to(folder).as_posix(), _resource(content)))
        if not self.methods:
            raise FileNotFoundError(f"no VK schema in {folder}")
        self._registry: Registry[Any] = Registry().with_resources(resources)
        errors: Json = json.loads((folder / "errors.json").read_text("utf-8"))["errors"]
        self.errors = {int(it["code"]): str(it["description"]) for it in errors.values()}

    def problems(self, method: str, body: Json, *, extended: bool = False) -> list[str]:
        """What VK's schema holds against an answer (`{"response": …}`) of the method; [] is good."""
        return sorted(
            f"{'.'.join(map(str, error.absolute_path))}: {error.message}"
            for error in self._errors(method, body, extended=extended)
            if not _is_known_gap(error)
        )

    def _errors(self, method: str, body: Json, *, extended: bool) -> Iterator[ValidationError]:
        responses = self.methods[method]["responses"]
        reference = responses["extendedResponse" if extended else "response"]["$ref"]
        # The files do not demand `response`, and Draft 7 ignores what stands beside a $ref.
        if "response" not in body:
            yield ValidationError("'response' is a required property")
        schema = {"$ref": BASE + reference.removeprefix("../")}
        yield from Draft7Validator(schema, registry=self._registry).iter_errors(body)


def _resource(content: Json) -> Resource[Any]:
    content.pop("$schema", None)  # it names VK's own meta-schema
    # `groups_group` forbids what `groups_group_full` adds to it: no full group could ever pass.
    content.get("definitions", {}).get("groups_group", {}).pop("additionalProperties", None)
    return DRAFT7.create_resource(_modern(content))


def _modern(node: Any) -> Any:  # Any: a JSON document
    """Draft 3's `"required": true` inside a property becomes draft 7's list beside the properties."""
    if isinstance(node, list):
        return [_modern(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {name: _modern(it) for name, it in node.items() if name != "required" or not isinstance(it, bool)}
    properties = node.get("properties", {})
    required = [
        name for name, it in properties.items() if isinstance(it, dict) and it.get("required") is True
    ]
    return made | {"required": required} if required else made


def _is_known_gap(error: ValidationError) -> bool:
    """Where real answers, saved or told of, differ from the schema, the schema is wrong."""
    where, what = error.absolute_path, error.instance
    if error.validator == "required":
        is_placeholder = isinstance(what, dict) and what.get("deleted") is True
        return is_placeholder or "'inner_type' is a required property" in error.message
    if error.validator == "enum":
        return what == "audio_message" and "attachments" in where
    # utils.resolveScreenName answers a stranger's name with an empty list.
    return error.validator == "type" and what == [] and list(where) == ["response"]
