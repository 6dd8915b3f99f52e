"""Who may import whom, and which library lives where (docs: CONTRIBUTING, "The house")."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {p.parent.name for p in ROOT.glob("*/__init__.py")} - {"tests"}

MAY_IMPORT = {
    "domain": set[str](),
    "db": {"domain"},
    "classifiers": {"domain"},
    "triage": {"db", "domain"},
    "alerts": {"db", "domain"},
    "crawlers": {"otklik", "db", "domain", "triage", "alerts", "classifiers"},
    "flows": {"otklik", "db", "domain", "triage", "alerts", "classifiers"},
    "web": {"otklik", "db", "domain", "triage", "alerts", "classifiers"},
    "demo": {"otklik", "db", "domain", "triage", "alerts", "classifiers"},
    "otklik": {"db", "domain", "triage", "alerts", "classifiers"},
}
#: The command line may reach the other entry points; flows and it start crawls, as child processes.
REACHES = {"otklik/cli.py": {"crawlers", "flows", "web", "demo"}, "flows/crawl.py": {"crawlers"}}

#: library -> the only places that may import it
FENCES = {
    "onnxruntime": ["classifiers/"],
    "transformers": ["classifiers/"],
    "torch": ["classifiers/training/", "classifiers/export.py"],
    "scrapy": ["crawlers/"],
    "vk_api": ["crawlers/"],
    "prefect": ["flows/"],
    "slack_sdk": ["alerts/slack.py", "web/slack.py"],
    "psycopg": ["db/"],
    "psycopg_pool": ["db/"],
}
#: A connection may be passed through as a type, its rows are db's business.
TYPES_ONLY = {"psycopg", "psycopg_pool"}


def imports(module: Path) -> set[str]:
    """Top-level names a module imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_imports_point_inwards(package: str) -> None:
    allowed = MAY_IMPORT[package] | {package}
    strays = {}
    for module in modules(package):
        name = module.relative_to(ROOT).as_posix()
        if bad := (imports(module) & PACKAGES) - allowed - REACHES.get(name, set()):
            strays[name] = bad
    assert not strays


@pytest.mark.parametrize("library", sorted(set(FENCES) - TYPES_ONLY))
def test_a_library_stays_behind_its_fence(library: str) -> None:
    strays = [
        name
        for package in sorted(PACKAGES)
        for module in modules(package)
        if library in imports(module)
        and not any(
            (name := module.relative_to(ROOT).as_posix()).startswith(place) for place in FENCES[library]
        )
    ]
    assert not strays


def test_only_db_executes_sql() -> None:
    strays = [
        str(module.relative_to(ROOT))
        for package in sorted(PACKAGES - {"db"})
        for module in modules(package)
        for node in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in {"execute", "executemany", "copy"}
        and _on_connection(node)
    ]
    assert not strays


def _on_connection(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in {"conn", "connection", "cur", "cursor"}
