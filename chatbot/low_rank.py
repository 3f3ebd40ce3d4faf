"""A low-rank difference between two states of a transformer: W becomes W + B·A, A and B small.

The encoder's blocks are trained whole. What is committed and merged at load is the best low-rank
approximation of what training changed (truncated SVD: Eckart and Young 1936), a few megabytes, and
the small changes of biases and norms as they are. So the guard's encoder stays the published
weights plus a readable difference. That fine-tuning changes weights by nearly low-rank amounts is
the finding of Hu et al., LoRA, 2021, arXiv:2106.09685.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

Adapter = dict[str, NDArray[np.float16]]
"""`<parameter>.A` of shape (rank, in) and `<parameter>.B` of shape (out, rank); of a vector
`<parameter>.D`, the difference itself."""

State = dict[str, torch.Tensor]


def open_blocks(model: nn.Module) -> list[nn.Parameter]:
    """Freeze a model but for the parameters of its blocks, and return those."""
    opened = []
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(_in_block(name))
        if _in_block(name):
            opened.append(parameter)
    return opened


def state_of(model: nn.Module) -> State:
    """A copy of the parameters of a model's blocks."""
    return {n: p.detach().clone() for n, p in model.named_parameters() if _in_block(n)}


def difference(before: State, after: State, rank: int) -> Adapter:
    """What changed between two states, matrices as products of `rank` columns and rows."""
    found: Adapter = {}
    for name, old in before.items():
        change = after[name] - old
        if change.ndim == 1:
            found[f"{name}.D"] = change.numpy().astype(np.float16)
            continue
        u, s, v = torch.linalg.svd(change, full_matrices=False)
        root = s[:rank].sqrt()
        found[f"{name}.B"] = (u[:, :rank] * root).numpy().astype(np.float16)
        found[f"{name}.A"] = (root[:, None] * v[:rank]).numpy().astype(np.float16)
    return found


def merge(model: nn.Module, adapter: Adapter) -> None:
    """Add the changes to a model's weights in place.

    Raises
    ------
    KeyError : the adapter belongs to another architecture.
    """
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if not _in_block(name):
                continue
            if parameter.ndim == 1:
                parameter.add_(_tensor(adapter[f"{name}.D"]))
            else:
                parameter.add_(_tensor(adapter[f"{name}.B"]) @ _tensor(adapter[f"{name}.A"]))


def _tensor(part: NDArray[np.float16]) -> torch.Tensor:
    return torch.from_numpy(part.astype(np.float32))


def _in_block(name: str) -> bool:
    return ".layer." in name
