"""Adversarial training: what is learned from is moved a little, to where it is read worst.

After Miyato, Dai & Goodfellow (2017, arXiv:1605.07725), with the whole batch in one step and the
step a share of each text's own length.
"""

import torch

SHARE = 0.05
"""How far the embeddings of a text are moved, as a share of their length."""


class Nudge:
    """Moves what a module gives, while this is entered, along its last gradient: up the loss.

    The module must be at the bottom: what is below it gets no gradient.
    """

    def __init__(self, module: torch.nn.Module):
        self._given = torch.empty(0)
        self._by: torch.Tensor | None = None
        module.register_forward_hook(self._hook)

    def _hook(self, module: torch.nn.Module, _: object, given: torch.Tensor) -> torch.Tensor:
        if not (module.training and torch.is_grad_enabled()):
            return given
        if self._by is not None:
            return given + self._by
        self._given = given.detach().requires_grad_()
        return self._given

    def __enter__(self) -> None:
        gradient = self._given.grad
        assert gradient is not None, "nothing was learned from yet"
        length = self._given.detach().flatten(1).norm(dim=1) * SHARE
        steepness = gradient.flatten(1).norm(dim=1).clamp_min(1e-12)
        self._by = gradient * (length / steepness)[:, None, None]

    def __exit__(self, *_: object) -> None:
        self._by = None
