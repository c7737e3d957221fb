"""Named places where a process of a test waits, to be released or killed there.

A place is a method, wrapped in the process of the test only, so production code pays nothing:

- ``mail.mail:_postprocess_sent_message`` – the moment before that method of that model runs;
- ``mail.mail:_postprocess_sent_message:after`` – the moment after it;
- ``server.action.task:_checkpoint(claim.committed)`` – only where its first argument is that text.
"""

import functools
import re
from collections.abc import Callable

from .meeting import Meeting

_PLACE = re.compile(
    r"^(?P<model>[\w.]+):(?P<method>\w+)(?:\((?P<argument>.+)\))?(?P<after>:after)?$"
)


def install(registry, places: list[str], folder: str) -> None:
    """Make every process that comes to one of ``places`` pause at the meeting point of that name.

    :raises ValueError: for a place that is not written as above
    :raises AttributeError: if the model has no such method, so that a renamed method is noticed
    """
    meeting = Meeting(folder)
    for place in places:
        parts = _PLACE.match(place)
        if parts is None:
            raise ValueError(
                f"{place}: write model:method, model:method(argument) or model:method:after"
            )
        pause = functools.partial(meeting.pause, place)
        model_class = registry[parts["model"]]
        # The class of the registry is the last one in line: every override is below it.
        setattr(
            model_class,
            parts["method"],
            wrap(
                getattr(model_class, parts["method"]),
                pause,
                parts["argument"],
                bool(parts["after"]),
            ),
        )


def wrap(
    original: Callable, pause: Callable[[], None], argument: str | None, after: bool
) -> Callable:
    @functools.wraps(original)
    def waiting(self, *args, **kwargs):
        here = argument is None or (args and args[0] == argument)
        if here and not after:
            pause()
        result = original(self, *args, **kwargs)
        if here and after:
            pause()
        return result

    return waiting
