"""gmlib: the small PyTorch library of the course on deep generative models.

Floors, each importing only from those below it:

    explore, plotting                what people look at
    autoregressive, latent           one model, or one way of inference, a file
    training, checks                 fit(); property checks that explain themselves
    data, device                     real data without a download; devices and seeds
"""

from gmlib.device import devices

__all__ = ["devices"]
__version__ = "0.1.0"
