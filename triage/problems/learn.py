"""Write `background.jsonl` anew from labelled posts: `python -m triage.problems.learn POSTS.jsonl…`.

Run it when the corpus, the concepts or the weighing of terms changed.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from triage.problems.bags import bag
from triage.problems.space import _BACKGROUND


def write_background(files: Sequence[Path], out: Path = _BACKGROUND) -> int:
    """Returns how many posts it kept: complaints and questions, each text once."""
    seen: set[str] = set()
    lines = []
    for file in sorted(files):
        for line in file.read_text("utf-8").split("\n"):
            post = json.loads(line) if line else {}
            if post.get("appeal") not in ("complaint", "question") or post["text"] in seen:
                continue
            seen.add(post["text"])
            found = bag(post["text"])
            body: dict[str, object] = {"t": found.terms, "w": [round(w, 2) for w in found.weights]}
            if post["appeal"] == "complaint" and post.get("problems"):
                body["p"] = post["problems"][0]
            lines.append(json.dumps(body, ensure_ascii=False, separators=(",", ":")))
    out.write_text("\n".join(lines) + "\n", "utf-8")
    return len(lines)


if __name__ == "__main__":
    sys.stderr.write(f"{write_background([Path(name) for name in sys.argv[1:]])} posts\n")
