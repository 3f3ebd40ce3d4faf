"""Low-rank adaptation (LoRA) of a transformer: W becomes W + B·A, with A and B small.

What is trained, committed and merged at load is A and B alone, about a megabyte, so the guard's
encoder stays the published weights plus a readable difference.

Source: Hu et al., LoRA: Low-Rank Adaptation of Large Language Models, 2021, arXiv:2106.09685.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.utils import parametrize

Adapter = dict[str, NDArray[np.float16]]
"""`<module>.A` of shape (rank, in) and `<module>.B` of shape (out, rank)."""


class LowRank(nn.Module):
    """The parametrization of one weight matrix. Begins as no change: B is zero."""

    def __init__(self, out_features: int, in_features: int, rank: int):
        super().__init__()
        self.A = nn.Parameter(torch.randn(rank, in_features) / rank**0.5 * 0.1)
        self.B = nn.Parameter(torch.zeros(out_features, rank))

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        return weight + self.B @ self.A


def _linears(model: nn.Module) -> dict[str, nn.Linear]:
    return {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and ".layer." in name
    }


def attach(model: nn.Module, rank: int) -> list[nn.Parameter]:
    """Freeze a model and give each linear layer of its blocks a trainable low-rank change."""
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    trained: list[nn.Parameter] = []
    for linear in _linears(model).values():
        change = LowRank(linear.out_features, linear.in_features, rank)
        parametrize.register_parametrization(linear, "weight", change)
        trained += [change.A, change.B]
    return trained


def extract(model: nn.Module) -> Adapter:
    """The trained changes, as half-precision arrays."""
    found: Adapter = {}
    for name, linear in _linears(model).items():
        change = linear.parametrizations.weight[0]  # type: ignore[union-attr,index]
        for part in ("A", "B"):
            tensor: torch.Tensor = getattr(change, part)
            found[f"{name}.{part}"] = tensor.detach().numpy().astype(np.float16)
    return found


def merge(model: nn.Module, adapter: Adapter) -> None:
    """Add the changes to a model's weights in place.

    Raises
    ------
    KeyError : the adapter belongs to another architecture.
    """
    with torch.no_grad():
        for name, linear in _linears(model).items():
            a, b = (torch.from_numpy(adapter[f"{name}.{p}"].astype(np.float32)) for p in "AB")
            linear.weight += b @ a
