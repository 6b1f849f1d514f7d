"""What a render is compared with."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class MaskedFrame:
    """One training view: image (h,w,3) in [0,1], mask (h,w,1) soft, and how far each pixel's
    colour and mask are to be trusted, color_trust and mask_trust (h,w,1) in [0,1].

    wall (h,w,3) in [0,1]: what is behind the person, and clear (h,w,1) bool: where, on the mask's
    outline, it is known. There a pixel shows both and is compared unmasked: finer than any mask.
    """

    image: Tensor
    mask: Tensor
    color_trust: Tensor
    mask_trust: Tensor
    wall: Tensor
    clear: Tensor

    @staticmethod
    def cut_out(image: Tensor, mask: Tensor) -> "MaskedFrame":
        """An image whose mask is true everywhere, and of whose background nothing is known."""
        all_of_it = torch.ones_like(mask)
        nowhere = torch.zeros_like(mask, dtype=torch.bool)
        return MaskedFrame(image, mask, all_of_it, all_of_it, torch.zeros_like(image), nowhere)

    def over(self, rgb: Tensor, alpha: Tensor, background: Tensor) -> Tensor:
        """A render, rgb (h,w,3) premultiplied and alpha (h,w,1), over the wall where that is clear,
        else over `background` (3,)."""
        return rgb + (1 - alpha) * torch.where(self.clear, self.wall, background)

    def target(self, outside: Tensor) -> Tensor:
        """What `over` should look like; outside (h,w,3) or (3,): the colour outside the mask."""
        masked = self.image * self.mask + outside * (1 - self.mask)
        return torch.where(self.clear, self.image, masked)
