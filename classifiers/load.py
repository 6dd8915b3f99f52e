"""Which classifier judges: the folder asked for, else the bundled model, else the word list."""

from pathlib import Path

import structlog

from classifiers.lexicon import Lexicon
from domain.verdicts import Classifier

log = structlog.get_logger()

#: The model that ships with the program.
BUNDLED = Path(__file__).parent / "bundled"


def load(folder: Path | None, threads: int, *, bundled: Path = BUNDLED) -> Classifier:
    """The classifier in charge. Raises ModelMismatch when a folder holds something else than its card says.

    The word list stands in, with a warning, only where no model is installed at all: a damaged model must be
    mended, not silently replaced by a weaker one.
    """
    chosen = folder or (bundled if (bundled / "card.json").is_file() else None)
    if chosen is None:
        log.warning(
            "classifier.degraded", model=Lexicon.model_id, remedy="install a model, see docs/model.md"
        )
        return Lexicon()
    from classifiers.onnx_model import (
        OnnxClassifier,
    )  # the runtime costs a second that the word list need not

    return OnnxClassifier(chosen, threads=threads)
