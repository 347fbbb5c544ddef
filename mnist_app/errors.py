"""Everything that can go wrong on purpose.

    MnistAppError
    ├── InputError               the input cannot be read
    │   ├── DrawingError           not a drawing: wrong types, not finite, too large
    │   ├── ImageError             not an image that can be decoded safely
    │   └── NoDigitError           a valid drawing or image with no digit in it
    ├── PictureError             a picture of a reading cannot be written
    ├── DataError                the data set cannot be had, or is not the real one
    ├── CorrectionsError         the database of corrections cannot be used
    │   └── CorrectionsFullError   it holds as many as it may
    └── RunError                 something is wrong with a run
        ├── RunNotFoundError       no run has this name
        ├── RunExistsError         the name is taken
        ├── RunDamagedError        a file is missing, truncated or not what was trained
        ├── RunNewerError          it was made by a newer version of this app
        ├── RunProtectedError      the run that the app needs is neither renamed nor deleted
        ├── NoModelError           the run has curves only
        ├── DivergedError          a training's loss is no number any more
        ├── ImportRefusedError     a file from elsewhere cannot be taken in as a run
        └── ExportError            the exported model disagrees with the trained one

Every message is one sentence or two: what is wrong, with the value that was received, and what to do.
The library raises; only the command line and the pages turn errors into messages.
"""


class MnistAppError(Exception):
    """Base of every error that this package raises on purpose."""


class InputError(MnistAppError):
    """The input cannot be read."""


class DrawingError(InputError):
    """Not a drawing."""


class ImageError(InputError):
    """Not an image that can be decoded safely."""


class NoDigitError(InputError):
    """A valid drawing or image, but without a digit in it."""


class PictureError(MnistAppError):
    """A picture of a reading cannot be written."""


class DataError(MnistAppError):
    """The data set cannot be had, or is not the real one."""


class CorrectionsError(MnistAppError):
    """The database of corrections cannot be used."""


class CorrectionsFullError(CorrectionsError):
    """The database holds as many corrections as it may."""


class RunError(MnistAppError):
    """Something is wrong with a run."""


class RunNotFoundError(RunError):
    """No run has this name."""


class RunExistsError(RunError):
    """The name is taken."""


class RunDamagedError(RunError):
    """A file of the run is missing, truncated or not what was trained."""


class RunNewerError(RunError):
    """It was made by a newer version of this app."""


class RunProtectedError(RunError):
    """The run that the app needs is neither renamed nor deleted."""


class NoModelError(RunError):
    """The run has curves only."""


class ImportRefusedError(RunError):
    """A file from elsewhere cannot be taken in as a run."""


class DivergedError(RunError):
    """A training's loss is no number any more."""


class ExportError(RunError):
    """The exported model disagrees with the trained one."""
