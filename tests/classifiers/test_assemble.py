"""The written graph says what the trained weights say. Needs torch (extra `[torch]`), skipped without."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
ort = pytest.importorskip("onnxruntime")

from classifiers.training.assemble import Linear, assemble  # noqa: E402
from classifiers.training.network import Network, Shape, spans  # noqa: E402

SHARES = {"sentiment": (1.0, 0.0), "appeal": (1.0, 0.0), "vector": (1.0, 0.0)}


def test_graph_and_network_agree_whatever_the_padding(tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = Network(Shape(vocabulary=100, embedding=16, hidden=32, layers=2, forward=64)).eval()
    random = np.random.default_rng(1)
    linear = Linear(
        weights=random.standard_normal((64, 8)).astype(np.float32),
        squares=np.ones(64, np.float32),
        tags=np.zeros((8, 8), np.float32),
        bias=np.zeros(8, np.float32),
        topics=random.standard_normal((32, 4)).astype(np.float32),
    )
    ids = random.integers(8, 100, (4, 12))
    mask = np.ones_like(ids)
    mask[2, 7:] = 0
    batch = torch.from_numpy(ids), torch.from_numpy(mask)
    assemble(network, linear, SHARES, spans(network, [batch]), tmp_path / "m.onnx")
    session = ort.InferenceSession(str(tmp_path / "m.onnx"))

    def run(rows: slice, width: int) -> np.ndarray:
        feed = {"input_ids": ids[rows, :width], "attention_mask": mask[rows, :width]}
        feed["grams"] = np.ones((len(ids[rows]), 3), np.int64)
        return session.run(["appeal"], feed)[0]

    with torch.no_grad():
        expected = network.appeal(network.pooled(*batch)).numpy()
    assert run(slice(None), 12) == pytest.approx(expected, abs=0.05)
    assert run(slice(2, 3), 7) == pytest.approx(run(slice(None), 12)[2:3], abs=1e-4)
